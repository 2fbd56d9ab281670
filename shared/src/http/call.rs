use lambda_http::{
    Body, Request, RequestExt,
    http::{
        Method,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
};

/// Octets that a request's body may have.
pub const MAX_BODY: usize = 256 * 1024;

/// One request, as an endpoint sees it.
#[derive(Debug)]
pub struct Call {
    request: Request,
    request_id: String,
}

impl Call {
    /// Takes over a request that came with a Lambda event. Its id is the invocation's: ours,
    /// never the client's.
    #[must_use]
    pub fn new(request: Request) -> Self {
        let request_id = request.lambda_context_ref().map(|context| context.request_id.clone());
        Self { request, request_id: request_id.unwrap_or_default() }
    }

    /// Names this request in answer and log.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Whether the method is GET.
    #[must_use]
    pub fn is_get(&self) -> bool {
        self.request.method() == Method::GET
    }

    /// A variable of the route, decoded.
    #[must_use]
    pub fn path(&self, variable: &str) -> Option<&str> {
        self.request.path_parameters_ref().and_then(|variables| variables.first(variable))
    }

    /// The token after `Bearer`, in any letter case, of the Authorization header.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        let header = self.request.headers().get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = header.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// The Content-Type without its parameters, in lower case; empty when there is none.
    #[must_use]
    pub fn content_type(&self) -> String {
        let header = self.request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        header.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body's octets.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        match self.request.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(octets) => octets,
            _ => &[],
        }
    }

    /// Whether the body has more than [`MAX_BODY`] octets.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.body().len() > MAX_BODY
    }
}
