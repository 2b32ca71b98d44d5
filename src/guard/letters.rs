//! Letters as they look, whatever they are written with. Pure.

/// Letters of other scripts that look like these (Unicode, confusables.txt): the small letters that Latin shares with
/// Cyrillic, Greek and Armenian, in pairs.
const CONFUSABLE: &str = "аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwгrкkмmтtвbнhпnзzαaοoρpνvυuιiκkτtχxγyηnεeօoսuոnհhցgզq";

/// Letters of ours in another style, in pairs: small capitals, those that stand above or below a line, those of formulas.
const STYLED: &str = "ɑaɡgɢgɪiɴnʀrʏyʙbʜhʟlɩiɨiʝjɾrɯmᴀaᴄcᴅdᴇeᴊjᴋkᴍmᴏoᴘpᴛtᴜuᴠvᴡwᴢzꜰfꜱsꞯqªaºoʰhʲjʳrʷwʸyˡlˢsˣxᵃaᵇbᵈdᵉeᵍgᵏkᵐmᵒoᵖpᵗtᵘuᵛvᵢiᵣrᵤuᵥvᶜcᶠfᶦiᶻzⁱiⁿnₐaₑeₒoₓxₕhₖkₗlₘmₙnₚpₛsₜtℂcℊgℋhℌhℍhℎhℐiℑiℒlℓlℕnℙpℚqℛrℜrℝrℤzℨzℬbℭcℯeℰeℱfℳm\
     ℴoℹiⅅdⅆdⅇeⅈiⅉjⅰiⅴvⅹxⅼlⅽcⅾdⅿm";

/// The first of the rows in which letters of ours stand in circles, squares and brackets, each from A to Z.
const ROWS: [u32; 8] = [0x24b6, 0x24d0, 0x249c, 0x1f110, 0x1f130, 0x1f150, 0x1f170, 0x1f1e6];

/// What is left of Latin letters without their marks, from U+00C0 and from U+1E00 on (Unicode, UnicodeData.txt).
const LATIN: &str = "aaaaaaaceeeeiiiidnooooo.ouuuuypsaaaaaaaceeeeiiiidnooooo.ouuuuypyaaaaaaccccccccddddeeeeeeeeeegggggggg\
     hhhhiiiiiiiiii..jjkk.llllll..llnnnnnn.nnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzsb......c\
     c.....e..ff.....kkl...n.oo..pp.....ttt.uu..yyzz........p.............aaiioouuuuuuuuuueaaaa....ggkkoo\
     oo..j...gg.pnnaa....aaaaeeeeiiiioooorrrruuuusstt..hhnd....aaeeooooooooyylntj...ccl.sz..b..eejj..rryy";
const LATIN_MORE: &str = "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssss\
     ssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy.s..s.aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeee\
     iiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

/// A letter or digit in plain small letters, as it looks; [`None`] for what is none.
pub(super) fn plain(c: char) -> Option<char> {
    let small = imitated(c)?;
    if small.is_ascii() {
        return small.is_ascii_alphanumeric().then_some(small);
    }
    let unmarked = |rows: &str, first: u32| {
        let at = usize::try_from(u32::from(small).checked_sub(first)?).ok()?;
        rows.as_bytes().get(at).copied().filter(u8::is_ascii_alphabetic).map(char::from)
    };
    let framed = || {
        let at = ROWS.iter().find_map(|row| u32::from(c).checked_sub(*row).filter(|at| *at < 26))?;
        Some(char::from(b'a' + u8::try_from(at).ok()?))
    };
    let latin = unmarked(LATIN, 0xc0).or_else(|| unmarked(LATIN_MORE, 0x1e00));
    let plain = latin.or_else(framed).or_else(|| paired(STYLED, c)).or_else(|| paired(STYLED, small));
    plain.or_else(|| small.is_alphanumeric().then_some(small))
}

/// A small letter as it is written, or the Latin one that it is taken for; what is no letter as it is.
fn imitated(c: char) -> Option<char> {
    let c = match c {
        // Full width, and the letters of mathematics, which stand in rows of 52.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0)?,
        '\u{1d400}'..='\u{1d6a3}' => {
            let at = u8::try_from((u32::from(c) - 0x1d400) % 52 % 26).ok()?;
            char::from(b'a' + at)
        }
        c => c,
    };
    let small = c.to_lowercase().next()?;
    Some(paired(CONFUSABLE, small).unwrap_or(small))
}

/// Whether a letter of another script looks like one of ours.
pub(super) fn imitates(c: char) -> bool {
    !c.is_ascii() && imitated(c).is_some_and(|c| c.is_ascii_alphanumeric())
}

/// Whether this is a mark on the letter before it.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// A name with a space before each capital that follows a small letter.
pub(super) fn apart(name: &str) -> String {
    let (mut apart, mut after_small) = (String::new(), false);
    for c in name.chars() {
        if after_small && c.is_uppercase() {
            apart.push(' ');
        }
        after_small = c.is_lowercase();
        apart.push(c);
    }
    apart
}

fn paired(pairs: &str, c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    let mut pairs = pairs.chars();
    while let (Some(one), Some(latin)) = (pairs.next(), pairs.next()) {
        if one == c {
            return Some(latin);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_plain_whatever_they_are_written_with() {
        for (written, letters) in [
            ("Ignórê ÀŁŁ İıſ ßæ", "ignore all iis sa"),
            ("ɪɢɴᴏʀᴇ ᵃˡˡ ℐℓ", "ignore all il"),
            ("ⓘⒼ⒩🄐🅐🅰🇦 ｉＧ 𝐢𝑔", "igna aaa ig ig"),
            ("іgnоrе ν7", "ignore v7"),
        ] {
            let plain: String = written.chars().filter_map(plain).collect();
            assert_eq!(plain, letters.replace(' ', ""), "{written}");
        }
        for other in ['ö', 'ẞ', 'ß', 'ạ', 'ỹ'] {
            assert!(plain(other).is_some_and(|c| c.is_ascii()) && !imitates(other), "{other}");
        }
        for other in ['й', 'ö', 'ω', '検', 'ש', '٣', 'ა'] {
            assert!(plain(other).is_some(), "{other}");
        }
        for none in [' ', '_', '-', '×', '÷', '\u{301}', '⚠', '\u{200b}'] {
            assert_eq!(plain(none), None, "{none:?}");
        }
    }
}
