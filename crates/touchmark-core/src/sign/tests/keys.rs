//! Public keys and fingerprints: canonical text, and points that must not be enrolled.

use super::super::*;
use super::{secret, string};

/// A security key's public line that ssh-keygen reads.
fn sk_line() -> String {
    let key = PublicKey::sk_ed25519(*secret("carol").public().point(), "ssh:");
    key.expect("the default application").to_openssh()
}

#[test]
fn keys_round_trip() {
    for line in [secret("alice").public().to_openssh(), sk_line()] {
        let (key, comment) = PublicKey::from_openssh(&line).expect("canonical");
        assert_eq!((key.to_openssh(), comment), (line.clone(), ""));
        assert_eq!(PublicKey::from_blob(&key.to_blob()).as_ref(), Ok(&key));
        assert_eq!(key.check_enrolment(), Ok(()));
        let with_comment = format!("{line} alice's laptop");
        assert_eq!(
            PublicKey::from_openssh(&with_comment),
            Ok((key, "alice's laptop"))
        );
    }
}

#[test]
fn other_spellings_of_a_key_are_refused() {
    let line = secret("alice").public().to_openssh();
    assert!(PublicKey::from_openssh(&line).is_ok());
    for bad in [
        String::new(),
        format!(" {line}"),
        format!("{line} "),
        format!("{line}\n"),
        format!("{line}="),
        format!("{line} a\u{1b}[0m"),
        format!("{line}  two spaces"),
        line.replace(' ', "  "),
        line.replace(' ', "\t"),
        line.replace("ssh-ed25519", "sk-ssh-ed25519@openssh.com"),
        line.replace("ssh-ed25519", "ssh-rsa"),
        line.replace("l8c", "l8d="),
        line[..line.len() - 4].to_owned(),
        format!("{line}AAAA"),
        "ssh-ed25519".to_owned(),
        format!("{line} {}", "x".repeat(1025)),
        format!("{line}{}", "A".repeat(600)),
    ] {
        assert!(PublicKey::from_openssh(&bad).is_err(), "{bad:?}");
    }
    assert_eq!(
        PublicKey::from_openssh("ssh-rsa AAAA"),
        Err(KeyError::KeyType {
            found: "ssh-rsa".to_owned()
        })
    );
}

#[test]
fn applications_are_ssh_keygen_s() {
    let point = *secret("carol").public().point();
    let longest = format!("ssh:{}", "x".repeat(251));
    for good in ["ssh:", "ssh:work", &longest] {
        assert!(PublicKey::sk_ed25519(point, good).is_ok(), "{good}");
        let name = b"sk-ssh-ed25519@openssh.com";
        let blob = [string(name), string(&point), string(good.as_bytes())].concat();
        assert!(PublicKey::from_blob(&blob).is_ok(), "{good}");
    }
    let too_long = format!("{longest}x");
    for bad in [
        "",
        "ssh",
        "https://example.com",
        "ssh:a b",
        "ssh:\n",
        "ssh:é",
        &too_long,
    ] {
        let name = b"sk-ssh-ed25519@openssh.com";
        let blob = [string(name), string(&point), string(bad.as_bytes())].concat();
        let error = Err(KeyError::Application);
        assert_eq!(PublicKey::sk_ed25519(point, bad), error, "{bad:?}");
        assert_eq!(PublicKey::from_blob(&blob), error, "{bad:?}");
    }
}

#[test]
fn all_points_of_low_order_are_refused() {
    // The eight torsion points, y little endian, and the two whose x = 0 has its sign bit set.
    let eight_a = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let eight_b = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    let zero = "00".repeat(32);
    let one = format!("01{}", "00".repeat(31));
    let minus_one = format!("ec{}7f", "ff".repeat(30));
    for text in [eight_a, eight_b, &zero, &one, &minus_one] {
        let mut point = [0; 32];
        for (index, byte) in point.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).expect("hex");
        }
        for sign in [0, 0x80] {
            point[31] ^= sign;
            let key = PublicKey::ed25519(point);
            assert!(key.is_weak(), "{text}");
            assert_eq!(key.check_enrolment(), Err(WeakKeyError::LowOrder), "{text}");
        }
    }
}

#[test]
fn unreduced_points_are_refused_whatever_their_order() {
    let mut of_large_order = 0;
    for low in 0xed..=0xff {
        let mut point = [0xff; 32];
        point[0] = low;
        for high in [0x7f, 0xff] {
            point[31] = high;
            let decoded = ed25519_dalek::VerifyingKey::from_bytes(&point);
            of_large_order += u32::from(decoded.is_ok_and(|key| !key.is_weak()));
            assert_eq!(
                PublicKey::ed25519(point).check_enrolment(),
                Err(WeakKeyError::NotCanonical)
            );
        }
    }
    assert!(of_large_order > 0, "the case that only our check refuses");
    // One below the prime is −1: canonical, though of low order.
    let mut minus_one = [0xff; 32];
    minus_one[0] = 0xec;
    minus_one[31] = 0x7f;
    assert_eq!(
        PublicKey::ed25519(minus_one).check_enrolment(),
        Err(WeakKeyError::LowOrder)
    );
}

#[test]
fn fingerprints_round_trip_and_sort_as_text() {
    let mut prints: Vec<Fingerprint> = ["alice", "bob", "carol", "dave", "erin"]
        .map(|name| secret(name).public().fingerprint())
        .to_vec();
    prints.sort();
    let texts: Vec<String> = prints.iter().map(ToString::to_string).collect();
    assert!(texts.is_sorted());
    for (text, print) in texts.iter().zip(&prints) {
        assert_eq!(text.parse(), Ok(*print));
        assert_eq!(
            serde_json::to_string(print).ok(),
            Some(format!("\"{text}\""))
        );
    }
    let good = "SHA256:V/pT16+0QVLWCIcX1NNglceVWEN9bEHrnlXQ2rFt2As";
    assert!(good.parse::<Fingerprint>().is_ok());
    for bad in [
        "",
        "SHA256:",
        "MD5:00",
        &good[7..],
        &good[..good.len() - 1],
        &format!("{good}="),
        &good.replace("2As", "2At"),
        &good.replace('/', "_"),
    ] {
        assert_eq!(bad.parse::<Fingerprint>(), Err(FingerprintError), "{bad}");
    }
}
