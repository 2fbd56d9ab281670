//! Whether the responses to overlapping calls are those of some sequential order: each call
//! taking effect at one moment between its beginning and its end. (Wing and Gong's search, with what was
//! tried before remembered.)

use std::{collections::HashSet, fmt::Debug, hash::Hash};

/// What a thing does when calls come one at a time.
pub(crate) trait Model {
    type State: Clone + Debug + Eq + Hash + Default;
    type Call: Debug;

    /// The state after a call with this response; `None` where the response would have been another.
    fn step(state: &Self::State, call: &Self::Call) -> Option<Self::State>;
}

/// A call with the moments at which it began and ended.
#[derive(Clone, Debug)]
pub(crate) struct Timed<C> {
    pub(crate) call: C,
    pub(crate) began: u64,
    pub(crate) ended: u64,
}

/// Fails where there is no such order; with as much of the history as could be put in order, and what then remained.
pub(crate) fn check<M: Model>(history: &[Timed<M::Call>]) -> Result<(), String> {
    let mut search = Search::<M> { history, tried: HashSet::new(), furthest: (0, String::new()) };
    if search.goes_on(&vec![false; history.len()], &M::State::default(), 0) {
        return Ok(());
    }
    Err(format!("{} of {} calls in order, then {}", search.furthest.0, history.len(), search.furthest.1))
}

struct Search<'a, M: Model> {
    history: &'a [Timed<M::Call>],
    tried: HashSet<(Vec<bool>, M::State)>,
    furthest: (usize, String),
}

impl<M: Model> Search<'_, M> {
    fn goes_on(&mut self, done: &[bool], state: &M::State, count: usize) -> bool {
        if count == self.history.len() {
            return true;
        }
        if !self.tried.insert((done.to_vec(), state.clone())) {
            return false;
        }
        let left = || self.history.iter().enumerate().filter(|(n, _)| !done[*n]);
        // None can come before one that had ended when it began.
        let first_end = left().map(|(_, timed)| timed.ended).min().unwrap();
        let next: Vec<usize> = left().filter(|(_, timed)| timed.began < first_end).map(|(n, _)| n).collect();
        if count >= self.furthest.0 {
            let calls: Vec<_> = next.iter().map(|n| &self.history[*n]).collect();
            self.furthest = (count, format!("{state:?}, and none of {calls:?} can come next"));
        }
        next.into_iter().any(|n| {
            let Some(state) = M::step(state, &self.history[n].call) else { return false };
            let mut done = done.to_vec();
            done[n] = true;
            self.goes_on(&done, &state, count + 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number that is written and read.
    struct Register;

    #[derive(Clone, Debug)]
    enum Call {
        Write(u8),
        Read(u8),
    }

    impl Model for Register {
        type State = u8;
        type Call = Call;

        fn step(state: &u8, call: &Call) -> Option<u8> {
            match call {
                Call::Write(number) => Some(*number),
                Call::Read(number) => (state == number).then_some(*state),
            }
        }
    }

    fn history(calls: &[(Call, u64, u64)]) -> Vec<Timed<Call>> {
        calls.iter().map(|(call, began, ended)| Timed { call: call.clone(), began: *began, ended: *ended }).collect()
    }

    #[test]
    fn overlapping_calls_may_have_come_in_any_order_and_others_may_not() {
        let overlapping = [(Call::Write(1), 0, 10), (Call::Read(1), 1, 2), (Call::Read(1), 3, 4)];
        assert!(check::<Register>(&history(&overlapping)).is_ok());
        let back = [(Call::Write(1), 0, 10), (Call::Read(1), 1, 2), (Call::Read(0), 3, 4)];
        assert!(check::<Register>(&history(&back)).is_err());
        let stale = [(Call::Write(1), 0, 1), (Call::Read(0), 2, 3)];
        assert!(check::<Register>(&history(&stale)).is_err());
        let lost = [(Call::Write(1), 0, 5), (Call::Write(2), 1, 6), (Call::Read(1), 7, 8), (Call::Read(2), 9, 10)];
        assert!(check::<Register>(&history(&lost)).is_err());
    }
}
