//! The bundle's file: a page, and in it the bundle.

use data_encoding::BASE64;

use super::{Evidence, MAX_BUNDLE, NoBundle};
use crate::Hash;
use crate::crypto::sha256;

const OPEN: &str = "<script type=\"application/auxlog-evidence\" id=\"auxlog-evidence\">";
const CLOSE: &str = "</script>";
/// Characters in a line of base64.
const LINE: usize = 96;

/// A page, cut where the bundle belongs.
pub(super) struct Page<'a> {
    before: &'a str,
    after: &'a str,
}

impl<'a> Page<'a> {
    pub(super) fn of(page: &'a str) -> Result<Self, NoBundle> {
        let (before, after) = page.split_once(Evidence::PLACE).ok_or(NoBundle::NoPlace)?;
        if after.contains(Evidence::PLACE) || page.contains(OPEN) {
            return Err(NoBundle::NoPlace);
        }
        Ok(Self { before, after })
    }

    /// Hash of what can be read on the page.
    pub(super) fn hash(&self) -> Hash {
        let length = (self.before.len() as u64).to_be_bytes();
        sha256(&[b"page", &length, self.before.as_bytes(), self.after.as_bytes()])
    }

    pub(super) fn with(&self, bundle: &[u8]) -> String {
        let text = BASE64.encode(bundle);
        let mut file = String::with_capacity(self.before.len() + self.after.len() + text.len() * 98 / 96 + 100);
        file.push_str(self.before);
        file.push_str(OPEN);
        for line in text.as_bytes().chunks(LINE) {
            file.push('\n');
            // Base64 is ASCII, so that any cut lies between characters.
            file.push_str(std::str::from_utf8(line).expect("base64 is ASCII"));
        }
        file.push('\n');
        file.push_str(CLOSE);
        file.push_str(self.after);
        file
    }
}

/// Takes a file apart into page and bundle.
pub(super) fn split(file: &str) -> Result<(Page<'_>, Vec<u8>), NoBundle> {
    if file.len() > 2 * MAX_BUNDLE {
        return Err(NoBundle::TooLarge);
    }
    let (before, rest) = file.split_once(OPEN).ok_or(NoBundle::Absent)?;
    let (text, after) = rest.split_once(CLOSE).ok_or(NoBundle::CutShort)?;
    if after.contains(OPEN) {
        return Err(NoBundle::Several);
    }
    let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bundle = BASE64.decode(&text).map_err(|e| NoBundle::Base64(e.to_string()))?;
    Ok((Page { before, after }, bundle))
}
