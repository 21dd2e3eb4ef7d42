//! The gate's verdict and what to do about it.

use touchmark_core::gate::Verdicts;

use super::{Paint, counted, visible_line};
use crate::output::Style;

/// `gate: open` with its evidence, or `gate: shut` with every reason and what would change it.
pub(crate) fn gate(verdicts: &Verdicts, paint: Paint) -> String {
    match verdicts {
        Verdicts::Open { evidence } => {
            let open = paint.apply(Style::Good, "gate: open");
            format!("{open}, on {}\n", counted(evidence.len(), "approval"))
        }
        Verdicts::Shut(reasons) => {
            let mut shown = paint.apply(Style::Bad, "gate: shut") + "\n";
            for refusal in reasons {
                shown.push_str(&format!("  {}\n", visible_line(&refusal.reason)));
                if let Some(fix) = &refusal.fix {
                    shown.push_str(&format!("    to do: {}\n", visible_line(fix)));
                }
            }
            shown
        }
    }
}

#[cfg(test)]
mod tests {
    use touchmark_core::event::Rule;
    use touchmark_core::refusal::Refusal;

    use super::*;

    #[test]
    fn every_reason_is_said() {
        let shut = Verdicts::Shut(vec![
            Refusal::new(Rule::StateDraft, "it is a draft").with_fix("touchmark pr ready 3f9a"),
            Refusal::new(Rule::RecordError, "bad \u{1b}[2J"),
        ]);
        insta::assert_snapshot!(gate(&shut, Paint::plain()), @r"
        gate: shut
          it is a draft
            to do: touchmark pr ready 3f9a
          bad \u{1b}[2J
        ");
        let open = Verdicts::Open { evidence: vec![] };
        insta::assert_snapshot!(gate(&open, Paint::plain()), @"gate: open, on 0 approvals");
    }
}
