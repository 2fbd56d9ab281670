use crate::{MAX_PAGE, http::Request};

const DEFAULT_PER_PAGE: u64 = 15;
const MAX_PER_PAGE: u64 = 100;

/// The page that a list requests. An invalid page number means the first page; an invalid size means 15 users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Counts from 1.
    pub page: u64,
    /// 1 to 100.
    pub per_page: u64,
}

impl Paging {
    /// Reads `page` and `per_page` from the query.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        Self::read(request.parameter("page").as_deref(), request.parameter("per_page").as_deref())
    }

    fn read(page: Option<&str>, per_page: Option<&str>) -> Self {
        let page = page.and_then(positive).filter(|page| *page <= MAX_PAGE).unwrap_or(1);
        Self { page, per_page: per_page.and_then(positive).map_or(DEFAULT_PER_PAGE, |size| size.min(MAX_PER_PAGE)) }
    }

    /// The number of users before the page.
    #[must_use]
    pub const fn offset(self) -> u64 {
        (self.page - 1) * self.per_page
    }
}

/// A positive integer; those beyond 64 bits count as the largest.
fn positive(text: &str) -> Option<u64> {
    let digits = text.trim();
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX)).filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_page_is_the_first_of_fifteen() {
        let read = |page, per_page| {
            let paging = Paging::read(Some(page), Some(per_page));
            (paging.page, paging.per_page)
        };
        assert_eq!(Paging::read(None, None), Paging { page: 1, per_page: 15 });
        assert_eq!(read("2", "7"), (2, 7));
        for odd in ["", "0", "-1", "1.5", "x", "1e3", "+1"] {
            assert_eq!(read(odd, odd), (1, 15), "{odd}");
        }
        assert_eq!(read("9007199254740992", "100"), (9_007_199_254_740_992, 100));
        assert_eq!(read("9007199254740993", "101"), (1, 100));
        assert_eq!(read("99999999999999999999999", "99999999999999999999999"), (1, 100));
        assert!(Paging { page: MAX_PAGE, per_page: MAX_PER_PAGE }.offset() > 0);
    }
}
