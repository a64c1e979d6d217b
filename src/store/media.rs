//! What a picture or document tells of itself: its kind, and for pictures size, time and place.

use std::io::Cursor;

use auxlog_record::Preview;
use exif::{Exif, In, Reader, Tag, Value};

/// The media type of a content that begins with `start`; told from the content, since a name says
/// what its giver likes.
pub(crate) fn media_type(start: &[u8], name: &str) -> &'static str {
    if let Some(kind) = infer::get(start) {
        return kind.mime_type();
    }
    let text = match std::str::from_utf8(start) {
        Ok(_) => true,
        // Cut within a character.
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    let plain = text && !start.is_empty() && !start.iter().any(|byte| *byte < 32 && !b"\t\n\r\x0c".contains(byte));
    let ends = |end: &str| name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(end));
    match plain {
        true if ends("csv") => "text/csv",
        true => "text/plain",
        false => "application/octet-stream",
    }
}

/// What a content that begins with `start` tells of itself; empty for anything but a picture.
pub(crate) fn preview(start: &[u8], media_type: &str) -> Preview {
    if !media_type.starts_with("image/") {
        return Preview::default();
    }
    let size = imagesize::blob_size(start).ok();
    let pixels = |side: Option<usize>| side.and_then(|side| u32::try_from(side).ok());
    let mut preview = Preview {
        width: pixels(size.map(|size| size.width)),
        height: pixels(size.map(|size| size.height)),
        ..Preview::default()
    };
    if let Ok(exif) = Reader::new().read_from_container(&mut Cursor::new(start)) {
        preview.taken_at = taken_at(&exif);
        preview.camera = camera(&exif);
        preview.position = position(&exif);
    }
    preview
}

/// A field's text, on one line and of a bearable length.
fn text(exif: &Exif, tag: Tag) -> Option<String> {
    let Value::Ascii(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let text = String::from_utf8_lossy(parts.first()?).into_owned();
    let text: String = text.trim().chars().filter(|c| !c.is_control()).take(64).collect();
    (!text.is_empty()).then_some(text)
}

/// `2026:11:25 09:30:00` as people write it, with the offset where there is one.
fn taken_at(exif: &Exif) -> Option<String> {
    let told = text(exif, Tag::DateTimeOriginal).or_else(|| text(exif, Tag::DateTime))?;
    let (date, time) = told.split_once(' ')?;
    let moment = format!("{} {time}", date.replace(':', "-"));
    Some(match text(exif, Tag::OffsetTimeOriginal) {
        Some(offset) => format!("{moment} {offset}"),
        None => moment,
    })
}

fn camera(exif: &Exif) -> Option<String> {
    let (maker, model) = (text(exif, Tag::Make), text(exif, Tag::Model));
    match (maker, model) {
        // Many models name their maker again.
        (Some(maker), Some(model)) if !model.starts_with(&maker) => Some(format!("{maker} {model}")),
        (maker, model) => model.or(maker),
    }
}

fn position(exif: &Exif) -> Option<(i32, i32)> {
    let latitude = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, "S")?;
    let longitude = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, "W")?;
    (latitude.abs() <= 90_000_000 && longitude.abs() <= 180_000_000).then_some((latitude, longitude))
}

/// Degrees, minutes and seconds as millionths of a degree.
fn degrees(exif: &Exif, tag: Tag, side: Tag, negative: &str) -> Option<i32> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let mut sum = 0_i64;
    for (part, per_degree) in parts.iter().zip([1_i64, 60, 3600]) {
        let (above, below) = (i64::from(part.num), i64::from(part.denom));
        sum = sum.checked_add(above.checked_mul(1_000_000)?.checked_div(below.checked_mul(per_degree)?)?)?;
    }
    let sum = i32::try_from(sum).ok()?;
    Some(if text(exif, side)? == negative { -sum } else { sum })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG of 640×480 pixels with the notes of a camera, built by hand as the standard says.
    fn photo() -> Vec<u8> {
        // TIFF, little-endian: a first directory of three entries, then one for GPS.
        let mut tiff = b"II*\0\x08\0\0\0".to_vec();
        let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
            let mut bytes = tag.to_le_bytes().to_vec();
            bytes.extend(kind.to_le_bytes());
            bytes.extend(count.to_le_bytes());
            bytes.extend(value);
            bytes
        };
        let (first, gps) = (8_u32, 8 + 2 + 3 * 12 + 4_u32);
        let data = gps + 2 + 4 * 12 + 4;
        assert_eq!(first, 8);
        tiff.extend(3_u16.to_le_bytes());
        tiff.extend(entry(0x010f, 2, 4, *b"Cam\0"));
        tiff.extend(entry(0x0132, 2, 20, data.to_le_bytes()));
        tiff.extend(entry(0x8825, 4, 1, gps.to_le_bytes()));
        tiff.extend(0_u32.to_le_bytes());
        tiff.extend(4_u16.to_le_bytes());
        tiff.extend(entry(1, 2, 2, *b"N\0\0\0"));
        tiff.extend(entry(2, 5, 3, (data + 20).to_le_bytes()));
        tiff.extend(entry(3, 2, 2, *b"W\0\0\0"));
        tiff.extend(entry(4, 5, 3, (data + 44).to_le_bytes()));
        tiff.extend(0_u32.to_le_bytes());
        tiff.extend(b"2026:11:25 09:30:00\0");
        for (above, below) in [(32_u32, 1_u32), (30, 1), (36, 1), (120, 1), (15, 1), (0, 1)] {
            tiff.extend(above.to_le_bytes());
            tiff.extend(below.to_le_bytes());
        }
        let mut jpeg = vec![0xff, 0xd8, 0xff, 0xe1];
        jpeg.extend(u16::try_from(tiff.len() + 8).expect("short").to_be_bytes());
        jpeg.extend(b"Exif\0\0");
        jpeg.extend(tiff);
        // Frame header: 8 bits, 480 lines of 640, one component.
        jpeg.extend([0xff, 0xc0, 0, 11, 8, 0x01, 0xe0, 0x02, 0x80, 1, 1, 0x11, 0]);
        jpeg.extend([0xff, 0xd9]);
        jpeg
    }

    #[test]
    fn a_photo_tells_its_size_time_camera_and_place() {
        let photo = photo();
        assert_eq!(media_type(&photo, "x.txt"), "image/jpeg");
        let told = preview(&photo, "image/jpeg");
        assert_eq!((told.width, told.height), (Some(640), Some(480)));
        assert_eq!(told.taken_at.as_deref(), Some("2026-11-25 09:30:00"));
        assert_eq!(told.camera.as_deref(), Some("Cam"));
        assert_eq!(told.position, Some((32_510_000, -120_250_000)));
    }

    #[test]
    fn a_cut_or_altered_photo_is_no_reason_to_fail() {
        let photo = photo();
        for length in 0..photo.len() {
            preview(&photo[..length], "image/jpeg");
        }
        for kind in ["image/jpeg", "image/png", "image/tiff", "image/heif", "image/webp"] {
            for at in 0..photo.len() {
                for flip in [0x01, 0x80, 0xff] {
                    let mut altered = photo.clone();
                    altered[at] ^= flip;
                    preview(&altered, kind);
                }
            }
        }
    }

    #[test]
    fn kinds_are_told_from_the_content() {
        assert_eq!(media_type(b"%PDF-1.7 ...", "photo.jpg"), "application/pdf");
        assert_eq!(media_type("编号,姓名\n".as_bytes(), "名册.CSV"), "text/csv");
        assert_eq!(media_type(&"记录".as_bytes()[..5], "a"), "text/plain");
        assert_eq!(media_type(b"", "a"), "application/octet-stream");
        assert_eq!(media_type(b"a\0b", "a.txt"), "application/octet-stream");
    }
}
