//! The attacker's page shows the consent page in an invisible frame and wants the person to click on it (clickjacking).
//! RFC 9700 §4.16: the pages refuse to be framed, and post nowhere else.

use crate::client::{Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_web_page_frames_the_question(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let page = Ask::new(world, "desk").consent_page(world, &mut browser);
    for answer in
        [page, browser.get(world, "/"), browser.get(world, "/connections"), browser.get(world, "/nothing")]
    {
        let policy = answer.header("content-security-policy").to_owned();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.headers().get_all("content-security-policy").iter().count(), 1);
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    }
}
