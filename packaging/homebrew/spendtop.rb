# Homebrew formula of a tap: `brew install spendtop/tap/spendtop`. The release workflow writes version
# and checksums into a copy.
class Spendtop < Formula
  desc "Like top, for the AWS AI bill: live costs, owners, waste and safe actions"
  homepage "https://github.com/spendtop/spendtop"
  version "0.1.0"
  license "MIT"

  on_macos do
    on_arm do
      url "https://github.com/spendtop/spendtop/releases/download/v0.1.0/spendtop-0.1.0-aarch64-apple-darwin.tar.gz"
      sha256 "@sha256-aarch64-apple-darwin@"
    end
    on_intel do
      url "https://github.com/spendtop/spendtop/releases/download/v0.1.0/spendtop-0.1.0-x86_64-apple-darwin.tar.gz"
      sha256 "@sha256-x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/spendtop/spendtop/releases/download/v0.1.0/spendtop-0.1.0-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@sha256-aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "https://github.com/spendtop/spendtop/releases/download/v0.1.0/spendtop-0.1.0-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@sha256-x86_64-unknown-linux-musl@"
    end
  end

  head do
    url "https://github.com/spendtop/spendtop.git", branch: "main"
    depends_on "rust" => :build
  end

  def install
    if build.head?
      system "cargo", "install", "--profile", "dist", *std_cargo_args
      system bin/"spendtop", "man", buildpath/"man"
    else
      bin.install "spendtop"
    end
    man1.install Dir["man/*.1"]
    generate_completions_from_executable(bin/"spendtop", "completions")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/spendtop --version")
    assert_match "weekend-spike", shell_output("#{bin}/spendtop demo --list")
  end
end
