//! A plain-text mail in parts that a screen can show: its own words with links, and what it quotes.

/// A run of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// An address of the web.
    Link(String),
}

/// A part of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What the author wrote; line breaks count.
    Own(Vec<Inline>),
    /// What the author quotes, without the marks; folded away at first.
    Quoted(Vec<Inline>),
}

/// Takes a text apart.
#[must_use]
pub fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut in_quote = false;
    for line in text.lines() {
        let quoted = line.starts_with('>');
        if quoted != in_quote {
            finish(&mut parts, &run, in_quote);
            run.clear();
            in_quote = quoted;
        }
        run.push(line);
    }
    finish(&mut parts, &run, in_quote);
    parts
}

fn finish(parts: &mut Vec<Part>, lines: &[&str], quoted: bool) {
    let unmarked = |line: &&str| {
        let inner = line.strip_prefix('>').unwrap_or(line);
        inner.strip_prefix(' ').unwrap_or(inner).to_owned()
    };
    let text =
        if quoted { lines.iter().map(unmarked).collect::<Vec<_>>().join("\n") } else { lines.join("\n") };
    let text = text.trim_matches('\n').trim_end();
    if text.is_empty() {
        return;
    }
    let inlines = links(text);
    parts.push(if quoted { Part::Quoted(inlines) } else { Part::Own(inlines) });
}

/// Finds web addresses.
fn links(text: &str) -> Vec<Inline> {
    let mut inlines = Vec::new();
    let mut rest = text;
    let mut words = String::new();
    while let Some(at) = next_scheme(rest) {
        let (before, from) = rest.split_at(at);
        let end =
            from.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(from.len());
        // A full stop or bracket after an address belongs to the sentence around it.
        let address =
            from[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '“', '”', '«', '»']);
        words.push_str(before);
        let host = address.split_once(':').and_then(|(_, rest)| rest.strip_prefix("//"));
        if host.is_none_or(str::is_empty) {
            words.push_str(address);
        } else {
            if !words.is_empty() {
                inlines.push(Inline::Text(std::mem::take(&mut words)));
            }
            inlines.push(Inline::Link(address.to_owned()));
        }
        rest = &from[address.len()..];
    }
    words.push_str(rest);
    if !words.is_empty() {
        inlines.push(Inline::Text(words));
    }
    inlines
}

fn next_scheme(text: &str) -> Option<usize> {
    let mut places = text.match_indices('h').map(|(at, _)| at);
    places.find(|at| ["https://", "http://"].iter().any(|scheme| text[*at..].starts_with(scheme)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> Part {
        Part::Own(vec![Inline::Text(text.to_owned())])
    }

    #[test]
    fn an_answer_shows_its_own_words_and_folds_the_quote() {
        let text = "Ja, gern!\n\nAm Montag schrieb Mia:\n> Kommst du?\n> Mia\n\nBis dann";
        let quoted = Part::Quoted(vec![Inline::Text("Kommst du?\nMia".to_owned())]);
        assert_eq!(parts(text), [own("Ja, gern!\n\nAm Montag schrieb Mia:"), quoted, own("Bis dann")]);
    }

    #[test]
    fn an_address_ends_before_the_full_stop_of_its_sentence() {
        let found = links("Siehe https://schule.example/plan?x=1. Danke");
        let expected = [
            Inline::Text("Siehe ".to_owned()),
            Inline::Link("https://schule.example/plan?x=1".to_owned()),
            Inline::Text(". Danke".to_owned()),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_scheme_without_an_address_stays_text_and_ends() {
        assert_eq!(links("http://"), [Inline::Text("http://".to_owned())]);
        assert_eq!(links("https://."), [Inline::Text("https://.".to_owned())]);
        assert_eq!(parts(""), []);
    }
}
