//! The `OpenAPI` description, made from the table that the router itself is made from, and from the
//! types that answers are made of: neither can say what the other does not do.

use auxlog_record::{MAX_TEXT, is_hidden};
use auxlog_sync::Refusal;
use auxlog_sync::auth::AUTH_HEADER;
use auxlog_sync::blob::{MAX_BLOB, OFFSET_HEADER};
use auxlog_sync::pack::MEDIA_TYPE;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::api::{Content, Door, LARGEST, Route, routes};

/// The schema of a type, whole, without references elsewhere.
pub(crate) fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    if let Some(object) = schema.as_object_mut() {
        object.remove("$schema");
    }
    schema
}

pub(crate) fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes() {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_ascii_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "auxlog server",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "description": "Messages are CBOR compressed with zstd. Requests are signed by the device's key.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "device": {
                    "type": "apiKey", "in": "header", "name": AUTH_HEADER,
                    "description": "v1.AGENCY.DEVICE.MILLISECONDS.NONCE.SIGNATURE",
                }
            },
            "schemas": {
                "Refusal": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {
                        "error": { "enum": Refusal::ALL.map(Refusal::name) },
                        "detail": { "type": "string" },
                    },
                    "additionalProperties": false,
                }
            },
        },
    })
}

/// What a part of a path or of a query looks like.
fn parameter_schema(name: &str) -> Value {
    match name {
        "after" | "limit" | "seq" | "old" | "new" | "offset" => {
            json!({ "type": "integer", "minimum": 0, "maximum": LARGEST })
        }
        "length" => json!({ "type": "integer", "minimum": 0, "maximum": MAX_BLOB }),
        "hash" => json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        "device" | "writer" => json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" }),
        "agency" => json!({ "type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$" }),
        "kind" => json!({ "enum": auxlog_registers::all().iter().map(|register| &register.key).collect::<Vec<_>>() }),
        "next" => json!({ "type": "string", "pattern": "^-?[0-9]{1,12}[.][0-9]{1,15}[.][0-9a-f]{32}:[0-9]{1,15}$" }),
        "since" | "until" => json!({ "type": "string", "format": "date" }),
        "reason" => json!({ "type": "string", "maxLength": MAX_TEXT, "pattern": reason_pattern() }),
        _ => json!({ "type": "string" }),
    }
}

/// Not blank, and without marks that are not seen.
fn reason_pattern() -> String {
    let hidden = |c: &char| is_hidden(*c) && !matches!(c, '\n' | '\r' | '\t');
    let mut ranges: Vec<(char, char)> = Vec::new();
    for c in (char::MIN..=char::MAX).filter(hidden) {
        match ranges.last_mut() {
            Some((_, last)) if u32::from(*last) + 1 == u32::from(c) => *last = c,
            _ => ranges.push((c, c)),
        }
    }
    // What stands in the first plane by its number: some of it ends a line of the document.
    let mark = |c: char| if u32::from(c) > 0xffff { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) };
    let hidden = ranges.into_iter().map(|(first, last)| format!("{}-{}", mark(first), mark(last)));
    let hidden = hidden.collect::<Vec<_>>().concat();
    format!("^[^{hidden}]*[^{hidden}\\s][^{hidden}]*$")
}

/// A body as the document describes it; `None` for none.
fn content(content: &Content) -> Option<Value> {
    let binary = json!({ "schema": { "type": "string", "format": "binary" } });
    Some(match content {
        Content::Nothing => return None,
        Content::Message => json!({ MEDIA_TYPE: binary }),
        Content::Bytes => json!({ "application/octet-stream": binary }),
        Content::Text => json!({ "text/plain": { "schema": { "type": "string" } } }),
        Content::Json(schema) => json!({ "application/json": { "schema": schema() } }),
    })
}

fn operation(route: &Route) -> Value {
    let mut parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": parameter_schema(name) }))
        .collect();
    parameters.extend(route.query.iter().map(|name| {
        let optional = name.strip_suffix('?');
        let name = optional.unwrap_or(name);
        json!({ "name": name, "in": "query", "required": optional.is_none(), "schema": parameter_schema(name) })
    }));
    // The answer to HEAD is that to GET without its body.
    let bodiless = route.method == "HEAD";
    let mut done = json!({ "description": "Done" });
    if let Some(content) = content(&route.answer).filter(|_| !bodiless) {
        done["content"] = content;
    }
    if route.path == "/v1/blobs/{hash}" && route.method != "GET" {
        done["headers"] = json!({
            OFFSET_HEADER: { "required": true, "schema": { "type": "integer", "minimum": 0 } }
        });
    }
    let mut responses = json!({ "200": done });
    for refusal in Refusal::ALL {
        let mut refused = json!({ "description": "Refused" });
        if !bodiless {
            refused["content"] =
                json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Refusal" } } });
        }
        responses[refusal.status().to_string()] = refused;
    }
    let mut operation = json!({ "summary": route.summary, "parameters": parameters, "responses": responses });
    if let Some(content) = content(&route.body) {
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    if let Door::Signed(_) = route.door {
        operation["security"] = json!([{ "device": [] }]);
    }
    operation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_with_its_parameters() {
        let document = document();
        for route in routes() {
            let operation = &document["paths"][route.path][route.method.to_ascii_lowercase()];
            assert_eq!(operation["summary"], route.summary, "{}", route.path);
            let signed = matches!(route.door, Door::Signed(_));
            assert_eq!(operation.get("security").is_some(), signed, "{}", route.path);
            let in_path = route.path.matches('{').count();
            assert_eq!(operation["parameters"].as_array().map(Vec::len), Some(in_path + route.query.len()));
        }
    }
}
