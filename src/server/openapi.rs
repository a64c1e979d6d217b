//! The `OpenAPI` description, made from the table of routes that the router and the tests use.

use auxlog_sync::Refusal;
use auxlog_sync::auth::AUTH_HEADER;
use auxlog_sync::pack::MEDIA_TYPE;
use serde_json::{Map, Value, json};

use crate::api::{Door, ROUTES, Route};

/// The document.
pub(crate) fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
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
                    "properties": { "error": { "enum": Refusal::ALL.map(Refusal::name) } },
                }
            },
        },
    })
}

fn operation(route: &Route) -> Value {
    let mut parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    parameters.extend(route.query.iter().map(|name| {
        let optional = name.strip_suffix('?');
        let name = optional.unwrap_or(name);
        let kind = if matches!(name, "after" | "limit" | "seq" | "old" | "new") {
            json!({ "type": "integer", "minimum": 0 })
        } else {
            json!({ "type": "string" })
        };
        json!({ "name": name, "in": "query", "required": optional.is_none(), "schema": kind })
    }));
    let media = match route {
        Route { messages: true, .. } => MEDIA_TYPE,
        Route { path: "/healthz" | "/readyz" | "/metrics", .. } => "text/plain",
        Route { path: "/v1/objects/{hash}", .. } => "application/octet-stream",
        _ => "application/json",
    };
    let mut responses = json!({ "200": { "description": "Done", "content": { media: {} } } });
    for refusal in Refusal::ALL {
        responses[refusal.status().to_string()] = json!({
            "description": "Refused",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Refusal" } } },
        });
    }
    let mut operation = json!({ "summary": route.summary, "parameters": parameters, "responses": responses });
    if route.method == "POST" && route.messages {
        operation["requestBody"] = json!({
            "required": true,
            "content": { MEDIA_TYPE: { "schema": { "type": "string", "format": "binary" } } },
        });
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
        for route in ROUTES {
            let operation = &document["paths"][route.path][route.method.to_ascii_lowercase()];
            assert_eq!(operation["summary"], route.summary, "{}", route.path);
            let signed = matches!(route.door, Door::Signed(_));
            assert_eq!(operation.get("security").is_some(), signed, "{}", route.path);
            let in_path = route.path.matches('{').count();
            assert_eq!(operation["parameters"].as_array().map(Vec::len), Some(in_path + route.query.len()));
        }
    }
}
