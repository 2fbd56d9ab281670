use lambda_http::{http::HeaderMap, request::LambdaRequest};

/// What of an event is taken out before `lambda_http` composes an address of it: path and query may hold anything that
/// would make another address of it, or none.
#[derive(Debug, Default)]
pub(super) struct Raw {
    /// Decoded.
    pub(super) path: String,
    /// Still encoded.
    pub(super) query: String,
    pub(super) headers: HeaderMap,
}

impl Raw {
    pub(super) fn take(event: &mut LambdaRequest) -> Self {
        match event {
            LambdaRequest::ApiGatewayV2(event) => {
                event.request_context.domain_name = None;
                Self {
                    path: event.raw_path.take().unwrap_or_default(),
                    query: event.raw_query_string.take().unwrap_or_default(),
                    headers: std::mem::take(&mut event.headers),
                }
            }
            _ => Self::default(),
        }
    }
}
