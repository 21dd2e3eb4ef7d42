//! Who pushed: what proves it, and what is not taken for proof.

use super::refused;
use crate::event::{Person, Pusher, Rule};
use crate::policy::Policy;
use crate::push::{Proof, RefChange, Transport, prove};
use crate::refusal::Refusal;
use crate::sign::{CertifiedUpdate, Fingerprint, PushCertificate};
use crate::world::{Rules, STRANGER, code, key};

fn print(who: &str) -> Fingerprint {
    key(who).public().fingerprint()
}

fn change(name: &str) -> RefChange {
    RefChange {
        name: name.to_owned(),
        old: None,
        new: Some(code("new")),
    }
}

fn changes() -> Vec<RefChange> {
    vec![change("refs/heads/a"), change("refs/heads/b")]
}

/// A certificate for exactly those changes.
fn certificate(who: &str) -> PushCertificate {
    PushCertificate {
        signer: key(who).public(),
        nonce: Some("nonce".to_owned()),
        options: Vec::new(),
        updates: changes()
            .into_iter()
            .map(|change| CertifiedUpdate {
                old: change.old,
                new: change.new,
                name: change.name,
            })
            .collect(),
    }
}

fn judge(
    policy: &Policy,
    certificate: &PushCertificate,
    transport: &Transport,
) -> Result<Proof, Refusal> {
    prove(Some(policy), Some(certificate), true, transport, &changes())
}

#[test]
fn a_certificate_proves_its_signer() {
    let policy = Rules::default().policy();
    let proof = judge(&policy, &certificate("bob"), &Transport::Anonymous).expect("proven");
    assert_eq!(proof.person.as_deref(), Some("bob"));
    assert_eq!(proof.pusher, Pusher::Certificate(print("bob")));
    // Whoever is connected under the same name changes nothing.
    for transport in [
        Transport::Key(print("bob")),
        Transport::Login("bob".to_owned()),
    ] {
        assert_eq!(
            judge(&policy, &certificate("bob"), &transport),
            Ok(proof.clone())
        );
    }
}

#[test]
fn a_stranger_is_proven_to_be_a_stranger() {
    let policy = Rules::default().policy();
    let stranger = certificate(STRANGER);
    let expected = Proof {
        pusher: Pusher::Certificate(print(STRANGER)),
        person: None,
    };
    // Also when somebody known has opened the connection: they did not sign this.
    for transport in [Transport::Anonymous, Transport::Key(print("alice"))] {
        assert_eq!(judge(&policy, &stranger, &transport), Ok(expected.clone()));
    }
}

#[test]
fn a_certificate_is_for_this_push_and_no_other() {
    type Change = fn(&mut PushCertificate);
    let policy = Rules::default().policy();
    let defects: [(&str, Change); 6] = [
        ("another old value", |one| {
            one.updates[0].old = Some(code("old"));
        }),
        ("another new value", |one| {
            one.updates[0].new = Some(code("other"));
        }),
        ("a deletion", |one| one.updates[0].new = None),
        ("another name", |one| {
            one.updates[1].name = "refs/heads/B".to_owned();
        }),
        ("a ref less", |one| {
            one.updates.pop();
        }),
        ("a ref more", |one| {
            let more = CertifiedUpdate {
                name: "refs/heads/c".to_owned(),
                ..one.updates[0].clone()
            };
            one.updates.push(more);
        }),
    ];
    for (case, defect) in defects {
        let mut certificate = certificate("bob");
        defect(&mut certificate);
        let found = judge(&policy, &certificate, &Transport::Anonymous);
        let rule = found.err().map(|refusal| refusal.rule);
        assert_eq!(rule, Some(Rule::CertificateInvalid), "{case}");
    }
    // The order is git's affair.
    let mut turned = certificate("bob");
    turned.updates.reverse();
    assert!(judge(&policy, &turned, &Transport::Anonymous).is_ok());
}

#[test]
fn a_certificate_with_another_nonce_is_not_the_same_as_none() {
    let policy = Rules::default().policy();
    let certificate = certificate("bob");
    for transport in [Transport::Anonymous, Transport::Key(print("bob"))] {
        let found = prove(
            Some(&policy),
            Some(&certificate),
            false,
            &transport,
            &changes(),
        );
        refused(found, Rule::CertificateInvalid);
    }
}

#[test]
fn a_retired_key_proves_nothing() {
    let policy = Rules::default().retired("bob").policy();
    let found = judge(&policy, &certificate("bob"), &Transport::Anonymous);
    refused(found, Rule::CertificateInvalid);
    let connected = Transport::Key(print("bob"));
    let found = prove(Some(&policy), None, false, &connected, &changes());
    refused(found, Rule::PusherUnproven);
}

#[test]
fn nobody_pushes_with_the_certificate_of_another() {
    let policy = Rules::default().policy();
    for transport in [
        Transport::Key(print("alice")),
        Transport::Login("alice".to_owned()),
    ] {
        let found = judge(&policy, &certificate("bob"), &transport);
        refused(found, Rule::PusherUnproven);
    }
}

#[test]
fn without_a_certificate_the_transport_says_who_it_is() {
    let policy = Rules::default().policy();
    let ask = |transport: &Transport| prove(Some(&policy), None, false, transport, &changes());
    let anonymous = ask(&Transport::Anonymous).expect("nobody");
    assert_eq!((anonymous.person, anonymous.pusher), (None, Pusher::None));
    let by_key = ask(&Transport::Key(print("ci"))).expect("a bot");
    assert_eq!(by_key.person.as_deref(), Some("ci"));
    assert_eq!(by_key.pusher, Pusher::Key(print("ci")));
    let login = ask(&Transport::Login("carol".to_owned())).expect("a person");
    assert_eq!(login.person.as_deref(), Some("carol"));
    let carol = Person::parse("carol").expect("a name");
    assert_eq!(login.pusher, Pusher::Login(carol));
    refused(ask(&Transport::Key(print(STRANGER))), Rule::PusherUnproven);
    for login in [STRANGER, "", "Carol", "carol\n", "@core"] {
        let found = ask(&Transport::Login(login.to_owned()));
        refused(found, Rule::PusherUnproven);
    }
}

#[test]
fn without_a_policy_nobody_is_known() {
    for transport in [
        Transport::Anonymous,
        Transport::Key(print("alice")),
        Transport::Login("alice".to_owned()),
    ] {
        let plain = prove(None, None, false, &transport, &changes()).expect("nobody");
        assert_eq!(plain.person, None, "{transport:?}");
        let signed = certificate("alice");
        let signed = prove(None, Some(&signed), true, &transport, &changes()).expect("a key");
        assert_eq!(signed.person, None, "{transport:?}");
    }
    let signed = certificate("alice");
    let found = prove(
        None,
        Some(&signed),
        false,
        &Transport::Anonymous,
        &changes(),
    );
    refused(found, Rule::CertificateInvalid);
}
