//! That the template grants nothing which no function uses: after the suites have run behind Lambda, where
//! a guard refuses what is not granted and notes what is used.

mod moments;

#[test]
#[ignore = "needs what the suites behind Lambda have noted in ROSTER_USED_PERMISSIONS"]
fn every_permission_is_used() {
    let idle = testkit::guard::unused().expect("ROSTER_USED_PERMISSIONS names the notes");
    assert!(idle.is_empty(), "granted and never used: {idle:#?}");
}
