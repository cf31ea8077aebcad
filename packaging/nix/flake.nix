{
  description = "top for the AWS AI bill: live costs, owners and waste, and one safe key";

  # nix run 'github:spendtop/spendtop?dir=packaging/nix' -- demo
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      each = build: nixpkgs.lib.genAttrs systems (system: build nixpkgs.legacyPackages.${system});
      root = ../..;
      manifest = (nixpkgs.lib.importTOML (root + "/Cargo.toml")).package;
    in
    {
      packages = each (pkgs: rec {
        default = spendtop;
        spendtop = pkgs.rustPlatform.buildRustPackage {
          pname = manifest.name;
          inherit (manifest) version;
          src = root;
          cargoLock.lockFile = root + "/Cargo.lock";
          buildType = "dist";
          # The tests start terminals and servers: they run in CI.
          doCheck = false;
          nativeBuildInputs = [ pkgs.installShellFiles ];
          postInstall = nixpkgs.lib.optionalString
            (pkgs.stdenv.buildPlatform.canExecute pkgs.stdenv.hostPlatform)
            ''
              $out/bin/spendtop man man
              installManPage man/*.1
              for shell in bash zsh fish; do
                $out/bin/spendtop completions $shell > spendtop.$shell
              done
              installShellCompletion spendtop.{bash,zsh,fish}
            '';
          meta = {
            inherit (manifest) description homepage;
            license = nixpkgs.lib.licenses.mit;
            mainProgram = "spendtop";
          };
        };
      });

      apps = each (pkgs: {
        default = {
          type = "app";
          program = nixpkgs.lib.getExe self.packages.${pkgs.stdenv.hostPlatform.system}.spendtop;
        };
      });

      devShells = each (pkgs: {
        default = pkgs.mkShell {
          packages = [
            pkgs.cargo
            pkgs.clippy
            pkgs.rustc
            pkgs.rustfmt
          ];
        };
      });
    };
}
