use super::Traits;
use crate::pii::kinds::username;
use proptest::prelude::*;

fn found(text: &str) -> Vec<&str> {
    username::find(text, Traits::of(text), None).into_iter().map(|range| &text[range]).collect()
}

#[test]
fn logs_and_prose_tell_a_user_name() {
    for (text, name) in [
        ("sshd[5]: Accepted publickey for jdoe from 192.0.2.1 port 5", "jdoe"),
        ("Failed password for invalid user jdoe7 from 192.0.2.1", "jdoe7"),
        ("session opened for user jdoe by (uid=0)", "jdoe"),
        ("pam_unix(sshd:session): session opened for user jdoe(uid=1001)", "jdoe"),
        ("auth login ok user=jdoe ip=x", "jdoe"),
        ("level=info actor=jdoe action=x", "jdoe"),
        ("acct=\"jdoe\" exe=x", "jdoe"),
        ("{\"username\": \"jdoe\"}", "jdoe"),
        ("{\\\"login\\\":\\\"jdoe\\\"}", "jdoe"),
        ("User 'jdoe' not found", "jdoe"),
        ("user jane.doe logged in", "jane.doe"),
        ("sudo:   jdoe : TTY=pts/0", "jdoe"),
        ("Benutzername: jdoe", "jdoe"),
        ("Nom d'utilisateur : jdoe", "jdoe"),
        ("her login is jdoe.", "jdoe"),
        ("nazwa użytkownika jdoe7", "jdoe7"),
        ("the account jane_doe was locked", "jane_doe"),
        ("192.0.2.1 - jdoe [10/Oct/2026:13:55:36 +0000] \"GET / HTTP/1.1\"", "jdoe"),
        ("ssh jdoe@build-01", "jdoe"),
        ("logon ACME\\\\jdoe ok", "jdoe"),
        ("see [~jdoe], thanks", "jdoe"),
        ("uid=1001(jdoe) gid=100(users)", "jdoe"),
        ("[10:32] jdoe: hello", "jdoe"),
        ("<jdoe> hello", "jdoe"),
        ("config changed by jdoe.", "jdoe"),
        ("jdoe@build-01:~$ ls", "jdoe"),
        ("Drei Anmeldungen als jdoe von 192.0.2.1 heute", "jdoe"),
        ("Trois connexions de jdoe depuis 192.0.2.1", "jdoe"),
        ("dovecot: tried: user=<j.doe>, rip=::1", "j.doe"),
        ("openvpn[5]: jdoe/192.0.2.1:51194 MULTI: Learn", "jdoe"),
        ("updated_by=hannah-whitfield", "hannah-whitfield"),
        ("// TODO(annawilliams): drop this", "annawilliams"),
        ("see https://gitlab.com/annawilliams/billing-shim", "annawilliams"),
    ] {
        assert_eq!(found(text), [name], "{text}");
    }
}

#[test]
fn what_is_nobodys_stays() {
    for text in [
        "user=root user=postgres",
        "user friendly interface of users",
        "the user is logged in",
        "user: the one who asks",
        "User: Jane Doe",
        "username is required",
        "owner=platform author=renovate",
        "Session opened for user root by (uid=0)",
        "userinfo=abc123",
        "ssh git@github.com:acme/x",
        "react@18.2.0 and icon@2x.png",
        "by=scheduler",
        "login failed",
        "see https://gitlab.com/platform/billing-shim",
        "updated_by=nightly-sync proxied x/192.0.2.1/24",
        "refused: db.example.com/192.0.2.1:5432",
        "TODO(perf): psql user=<db_user> host=x",
        "raise the per user max-connections limit, updated_by=iris-sync",
    ] {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "(user|login|for user |ssh |=|: | - | \\[1|is |@|[a-z0-9._é\"-]|\\\\){0,16}") {
        username::find(&text, Traits::of(&text), None);
    }
}
