//! What a tool's name says that it does.

use Deed::{Destroys, Nothing, Reads, Writes};

/// What a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Something is destroyed.
    Destroys,
    /// Something is changed.
    Writes,
    /// Something is read, and nothing else besides.
    Reads,
    /// None of these.
    Nothing,
}

impl Deed {
    /// Whether something is different afterwards.
    pub fn changes(self) -> bool {
        matches!(self, Destroys | Writes)
    }
}

/// What says in a tool's name that it destroys something: anywhere in a word, at its beginning, or as the whole word.
const DESTRUCTIVE: [&str; 10] = [
    "delet",
    "destroy",
    "destruct",
    "remov",
    "revok",
    "overwrit",
    "truncat",
    "uninstall",
    "unlink",
    "expung",
];
const DESTRUCTIVE_BEGINNINGS: [&str; 17] = [
    "clear", "discard", "drop", "erase", "erasing", "erasure", "nuke", "prune", "pruning", "purg", "reset",
    "revoc", "rmdir", "shred", "terminat", "wipe", "wiping",
];
const DESTRUCTIVE_WORDS: [&str; 4] = ["del", "rm", "rmrf", "rmtree"];

/// What looks like one of these and is none: other words, and what says of a thing what became of it.
const HARMLESS_BEGINNINGS: [&str; 5] = ["clearanc", "dropbox", "dropdown", "droplet", "dropoff"];
const PARTICIPLES: [&str; 14] = [
    "cleared",
    "deleted",
    "destroyed",
    "discarded",
    "dropped",
    "erased",
    "overwritten",
    "purged",
    "removed",
    "revoked",
    "terminated",
    "truncated",
    "uninstalled",
    "wiped",
];

/// Verbs of tools that read. The first word of a name, or the second after the name of what it belongs to.
const READING: &str = "browse compare count describe download explain fetch find get inspect list lookup ping query read \
     retrieve search show summarize view whoami";

/// Those that name a thing as well, so that a verb may follow: `query_run`, `list_share`.
const READING_OR_THING: &str = "count download list query view";

/// Verbs of writing that name nothing else, wherever they stand: `find_replace`, `fetch_create`.
const WRITING: &str = "accept acknowledge activate add alter amend append approve assign attach ban cancel chmod chown \
     configure confirm cordon cp create deactivate decline decommission decrement demote deny deprovision detach disable \
     disburse disconnect dismiss donate eject enable encrypt enqueue enroll escalate evict exec execute finalize forget \
     halt hide impersonate increment initiate inject insert invalidate invoke kill migrate mkdir modify mute mv notify \
     populate promote provision reactivate reassign reboot redeem redeploy reject rename renew reopen reorder replace \
     reschedule resend resize respond resubmit retire rewrite rotate send settle snooze spawn submit suspend unarchive \
     unassign unban unblock uncordon undeploy undo unfollow unfreeze unlock unmute unpin unpublish unshare unstar \
     unsubscribe untrash upsert withdraw write";

/// Verbs that name a thing too, or say of what kind it is. After a verb that reads they do: `get_post`, `list_run_logs`.
const WRITING_OR_THING: &str = "apply archive authorize block boost broadcast bump buy change clone close complete copy \
     debit dispatch downgrade drain duplicate edit empty eval expire failover finish flush follow force fork \
     forward freeze grant install join kick launch logout make mark merge mint move patch pause pay pin post publish \
     push put quarantine rebase rebuild refresh register reply repost restart restore resume retry revert rollback run \
     save scale sell set share ship shutdown sign start stop subscribe swap switch toggle transition trash trigger turn \
     update upgrade void";

/// Things that are seldom verbs. They are none where what follows tells of them: `order_history`, `refund_lookup`.
const THING_OR_WRITING: &str = "bid book charge commit deploy deposit import invite leave lock login order purchase \
     refund reserve schedule sync trade transfer upload vote";

/// What is told of a thing.
const TELLING: &str = "balance detail details history info information log logs metadata overview statistics stats \
     status summary total totals";

/// Verbs that leave things as they are. A verb of writing behind them is what they are about: `simulate_order`.
const CONSIDERING: &str = "analyze calculate check convert estimate extract preview recommend render simulate suggest \
     translate validate verify";

/// What is written with two words, of which one says nothing.
const WRITING_PAIRS: [(&str, &str); 5] =
    [("get", "rid"), ("format", "disk"), ("format", "drive"), ("format", "partition"), ("format", "volume")];

/// Words after which a verb may stand again: `read_and_update`.
const JOINING: &str = "and or then";

/// What a tool's name says that it does. Where capitals leave open which words it has, each way to read them counts.
pub fn deed(name: &str) -> Deed {
    let usual = words_of(name, Capitals::Begin);
    let shouted = words_of(name, Capitals::Shout);
    if usual.iter().chain(&shouted).any(|word| destroys(word)) || destroys_across(name, &usual) {
        Destroys
    } else if [&usual, &shouted, &words_of(name, Capitals::Nothing)].into_iter().any(|words| writes(words)) {
        Writes
    } else if reads(&usual) {
        Reads
    } else {
        Nothing
    }
}

/// Whether a name has none but the characters of usual names: of others nobody can tell what they say.
pub fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./:".contains(&byte))
}

fn is(word: &str, among: &str) -> bool {
    among.split_ascii_whitespace().any(|one| one == word)
}

/// Whether a word of a name says that something is destroyed, in any form: `Deletes`, `deleteall`, `bulkdelete2`.
fn destroys(word: &str) -> bool {
    let word = word.trim_matches(|c: char| c.is_ascii_digit());
    if PARTICIPLES.contains(&word) {
        return false;
    }
    // What follows something harmless may still say so: `dropletdestroy`, `undeleteordelete`.
    let harmless = HARMLESS_BEGINNINGS.iter().find_map(|beginning| word.strip_prefix(beginning));
    let undone = || {
        word.strip_prefix("un").and_then(|word| DESTRUCTIVE.iter().find_map(|stem| word.strip_prefix(stem)))
    };
    let word = harmless.or_else(undone).unwrap_or(word);
    DESTRUCTIVE_WORDS.contains(&word)
        || DESTRUCTIVE_BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
        || DESTRUCTIVE.iter().any(|stem| word.contains(stem))
}

/// Whether separators or capitals within a word hide that something is destroyed: `de_lete`, `deLete`, `DroPtable`.
/// What stands there by chance, as in `explore_movies` or `list_wip_events`, does not count.
fn destroys_across(name: &str, words: &[String]) -> bool {
    let cut =
        |beginning: &str, word: &str, all: &str| beginning.len() > word.len() && all.starts_with(beginning);
    let from_a_word = words.iter().enumerate().any(|(at, word)| {
        let from_here: Vec<&str> = words.iter().skip(at).map(String::as_str).collect();
        let all = from_here.concat();
        // No beginning is longer than that.
        let first: Vec<&str> = from_here.into_iter().take(10).collect();
        let pieces = (2..=first.len()).filter_map(|count| first.get(..count)).map(<[&str]>::concat);
        DESTRUCTIVE.iter().any(|stem| cut(stem, word, &all))
            || pieces.into_iter().any(|piece| DESTRUCTIVE_BEGINNINGS.contains(&piece.as_str()))
    });
    from_a_word
        || name.split(|c: char| !c.is_alphanumeric()).any(|piece| {
            let all = piece.to_lowercase();
            let first = words_of(piece, Capitals::Begin).into_iter().next();
            first.is_some_and(|first| {
                DESTRUCTIVE_BEGINNINGS.iter().any(|beginning| cut(beginning, &first, &all))
            })
        })
}

/// Whether a name says that something is changed: by a verb that names nothing else, or by another where a verb stands.
fn writes(words: &[String]) -> bool {
    // Alone it is arithmetic.
    if words == ["add"] {
        return false;
    }
    // Behind a verb that reads stands what is read.
    let mut read = false;
    words.iter().enumerate().any(|(at, word)| {
        let mut rest = words.iter().skip(at + 1);
        let next = rest.clone().next().map_or("", String::as_str);
        if is(word, WRITING) || WRITING_PAIRS.contains(&(word.as_str(), next)) {
            return true;
        }
        read = (read || is(word, READING) || is(word, CONSIDERING)) && !is(word, JOINING);
        !read
            && (is(word, WRITING_OR_THING)
                || is(word, THING_OR_WRITING) && !rest.any(|word| is(word, READING) || is(word, TELLING)))
    })
}

/// Whether a name that does not say that it writes says that a tool reads, and nothing else besides.
fn reads(words: &[String]) -> bool {
    let verb = |word: &String| is(word, WRITING_OR_THING) || is(word, THING_OR_WRITING);
    let reading = |(at, word): (usize, &String)| {
        if word == "status" {
            // No verb: `order_status`, but not `status_update`.
            return !words.iter().skip(at).any(verb);
        }
        // `order_list`, `list_share`: which of the two is the verb?
        let doubtful = words.iter().take(at).any(verb)
            || is(word, READING_OR_THING)
                && words.iter().skip(at).last().is_some_and(|last| is(last, WRITING_OR_THING));
        is(word, READING) && !doubtful
    };
    words.iter().enumerate().take(2).any(reading) && !words.iter().any(|word| is(word, JOINING))
}

/// What capitals say of the words of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Capitals {
    /// Each begins one, but for abbreviations: `issueDelete`, `XMLDelete`.
    Begin,
    /// Several are one: `WIPEall`.
    Shout,
    /// Nothing: `sEnd_mail`.
    Nothing,
}

/// The words of a name in snake_case, kebab-case or camelCase, lower-cased.
fn words_of(name: &str, capitals: Capitals) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut before, mut previous) = (' ', ' ');
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let begins = match capitals {
            Capitals::Begin => {
                let next_is_small = rest.peek().is_some_and(|next| next.is_lowercase());
                c.is_uppercase() && (!previous.is_uppercase() || next_is_small)
            }
            Capitals::Shout if c.is_uppercase() => !previous.is_uppercase(),
            Capitals::Shout => before.is_uppercase() && previous.is_uppercase(),
            Capitals::Nothing => false,
        };
        if !c.is_alphanumeric() || begins {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        (before, previous) = (previous, c);
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_are(deed_of_all: Deed, names: &str) {
        for name in names.split_whitespace() {
            assert_eq!(deed(name), deed_of_all, "{name}");
        }
    }

    #[test]
    fn every_form_of_a_word_counts_and_lookalikes_do_not() {
        all_are(
            Destroys,
            "delete_issue issueDelete jira-delete-issue XMLDelete deleteissue bulkdelete delete2 rmdir dropdb bulk_deletion \
             Deletes removal unlink overwrite reset_password list_and_purge eraseAll wipe unlinkall del purge_deleted",
        );
        for name in
            "list_deleted_items undelete_issue dropbox_search droplet_list list_dropdowns preset_save swipe \
                     determinate get_clearance model release purged deletedItems"
                .split_whitespace()
        {
            assert_ne!(deed(name), Destroys, "{name}");
        }
    }

    #[test]
    fn capitals_and_harmless_beginnings_hide_nothing() {
        all_are(
            Destroys,
            "deLete_account DROPtable WIPEall DESTROYall DroPtable wIPeall de_lete_issue wi_pe listDeLeted \
             unconditionaldelete unattendedremove undeleteordelete dropletdestroy dropboxdelete dropletwipe dropdownrm",
        );
        for name in "explore_movies exploreMovies score_movies get_model_etag list_wip_events get_dr_operations listPRs \
                     getURLs undeleted_items list_droplets"
            .split_whitespace()
        {
            assert_ne!(deed(name), Destroys, "{name}");
        }
        all_are(Writes, "sEnd_mail SENDmail KILLprocess sendMail");
    }

    #[test]
    fn verbs_of_writing_are_told_from_what_is_read() {
        all_are(
            Writes,
            "kill_query empty_list replace_view cancel_download archive_list find_replace publish_list disable_view \
             query_execute close_search rename_view submit_query replaceView get_rid_of_everything pay_lookup send_money \
             transfer_funds update_record run_sql run_query kill_process cancel_subscription close_account format_disk \
             empty_trash force_push mark_read get_or_create read_and_update update_status status_update API-patch-page \
             slack_post_message google_drive_update_file order_pizza refund_payment fetch_create check_and_order",
        );
        all_are(
            Reads,
            "get_issue listRepos search jira_get_issue slack-list-channels docs.search list_orders get_post search_posts \
             get_status_updates list_runs get_run_logs get_transfer list_invites get_reports get_order_status git_status \
             status search_archive list_merge_requests get_start_time list_import_jobs getUpdateHistory count_open whoami",
        );
        // Here a hint decides.
        all_are(
            Nothing,
            "frobnicate add listen getaway transfer_fetch refund_lookup order_list order_history pull_request_read list_share \
             query_run view_update summary order_details list_then_wait simulate_order",
        );
        assert_eq!(deed(""), Nothing);
    }

    /// tests/vectors/tools: of all that really only reads, one is taken for something else.
    #[test]
    fn what_real_servers_have_is_told_apart() {
        let mut doubted = Vec::new();
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/tools")).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let server: serde_json::Value =
                serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            for tool in server["tools"].as_array().unwrap() {
                let (name, hints) = (tool["name"].as_str().unwrap(), &tool["annotations"]);
                if hints["readOnlyHint"] == true && deed(name).changes() {
                    doubted.push(name.to_owned());
                }
                if hints.is_null() {
                    let reads = ["get", "list", "search"];
                    let reads =
                        words_of(name, Capitals::Begin).iter().any(|word| reads.contains(&word.as_str()));
                    assert_eq!(deed(name), if reads { Reads } else { Writes }, "{name}");
                }
            }
        }
        assert_eq!(doubted, ["trigger-long-running-operation"]);
        all_are(
            Reads,
            "get_me list_issue_types download_workflow_run_artifact get_workflow_run_logs projects_list getJiraIssue \
             searchJiraIssuesUsingJql getTransitionsForJiraIssue lookupJiraAccountId channels_list slack_read_channel \
             notion-query-data-sources workers_get_worker pods_list query_prometheus list_share_links get_share_price \
             list_block_children get_upload_url list_changes get_stop_times order_status status_report download_file",
        );
        for name in "pull_request_read actions_list conversations_history git_branch git_log open_nodes echo order_history \
                     transfer_details simulate_order resolve-library-id generate_typescript_types format_date export \
                     suggest_time convert_time browser_take_screenshot brave_web_search validate_update aggregate"
            .split_whitespace()
        {
            assert!(!deed(name).changes(), "{name}: its hint is believed");
        }
    }
}
