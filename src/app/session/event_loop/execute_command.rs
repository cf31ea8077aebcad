//! Executes the commands that an update of the screen returns.

use super::{Console, EventLoop, ExitReason, TerminalControl};
use crate::{
    domain::{ActionStatus, ConfirmedPlan, Fault, FaultKind, Plan, Preflight, StatusUpdate},
    engine::Event,
    screen::{Command, Message, notices::Notice},
};
use crossterm::event::Event as Input;
use futures_util::Stream;
use ratatui::backend::Backend;
use std::io;

impl<B, K, D> EventLoop<B, K, D>
where
    B: Backend,
    K: Stream<Item = io::Result<Input>> + Unpin,
    D: TerminalControl,
{
    pub(super) fn execute(&mut self, command: Command) {
        let Console {
            file_tasks,
            terminal_control,
            ..
        } = &mut self.console;
        match command {
            Command::Poll(pane) => {
                if let Some(engine) = &self.engine {
                    engine.poll(pane);
                }
            }
            Command::Run(confirmed) => self.run_plan(&confirmed),
            Command::Preflight(plan) => self.run_preflight(*plan),
            Command::Cancel(plan) => {
                if let Some(engine) = &self.engine {
                    engine.cancel(&plan);
                }
            }
            Command::Copy(text) => {
                if let Err(error) = terminal_control.copy(&text) {
                    self.apply(Message::Notice(Notice::CopyFailed {
                        error: error.to_string(),
                    }));
                }
            }
            Command::Export { name, content } => file_tasks.export(name, content),
            Command::Journal => file_tasks.load_journal(),
            Command::ChangeSchedules(changes) => file_tasks.save_schedules(changes),
            Command::Claim(due) => file_tasks.claim_schedules(due),
            Command::Undo(key) => file_tasks.undo(key),
            Command::UndoPlan(plan) => file_tasks.undo_plan(plan),
            Command::Save(prefs) => file_tasks.save_prefs(prefs),
            Command::Arrange(arrangement) => {
                self.arranging.spawn_blocking(|| arrangement.run());
            }
            Command::Discard(old) => {
                tokio::task::spawn_blocking(|| drop(old));
            }
            Command::Redraw => self.redraw(),
            Command::Quit => self.exit_reason = Some(ExitReason::Quit),
        }
    }

    /// Hands a confirmed plan to the engine; reports every target as refused if that fails.
    fn run_plan(&mut self, confirmed: &ConfirmedPlan) {
        let refusal = match &self.engine {
            Some(engine) => engine
                .submit(confirmed.clone())
                .err()
                .map(|reason| reason.to_string()),
            None => Some("not connected to AWS yet".to_owned()),
        };
        let Some(reason) = refusal else { return };
        let plan = confirmed.plan();
        for target in &plan.targets {
            let status = ActionStatus::Refused(Fault::new(
                FaultKind::Refused,
                "spendtop:act",
                reason.as_str(),
            ));
            let (plan, operation) = (plan.id.clone(), plan.operation);
            let (key, name, at) = (
                target.key.clone(),
                target.name.clone(),
                self.console.clock.now(),
            );
            self.apply(Message::Engine(Event::Acted(StatusUpdate {
                plan,
                key,
                name,
                operation,
                at,
                status,
            })));
        }
    }

    /// Starts the preflight checks of a plan; reports them as unread if that fails.
    fn run_preflight(&mut self, plan: Plan) {
        let Plan { id, targets, .. } = plan;
        let refusal = match &self.engine {
            Some(engine) => engine
                .run_preflight(id.clone(), targets.clone())
                .err()
                .map(|reason| reason.to_string()),
            None => Some("not connected to AWS yet".to_owned()),
        };
        let Some(reason) = refusal else { return };
        let unread = Preflight::unread(Fault::new(
            FaultKind::Unavailable,
            "spendtop:preflight",
            reason,
        ));
        let facts = targets
            .into_iter()
            .map(|target| (target.key, unread.clone()))
            .collect();
        self.apply(Message::Engine(Event::Preflight {
            plan: id,
            targets: facts,
        }));
    }
}
