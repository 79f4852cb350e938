//! What happens, made from a seed.

use tornister_sync::{engine::Limits, kind::DataType};

use crate::server::Trouble;

/// A server, and what happens to it, to the device and to the way between.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the server takes at once; small, so that small schools have many pages.
    pub limits: Limits,
    /// Whether the server forgets the names of changes at once, as one does that knows of none. No other device
    /// sets what this one sets then: nobody could tell whether a change was made and undone.
    pub forgets_names: bool,
    /// One after the other.
    pub steps: Vec<Step>,
}

/// One thing that happens. The list is flat, so that any part of it can be left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// At once.
    Do(Act),
    /// In the middle of the next sync, at its n-th effect.
    During(u8, Act),
    /// The next request goes wrong.
    Once(Trouble),
    /// Every request goes wrong, until [`Step::Well`].
    Always(Trouble),
    /// The line and the server are well.
    Well,
    /// The next sync's process dies at its n-th effect.
    Crash(u8),
    /// The device's storage is full, or has room again.
    Full(bool),
    /// The device has room for so many more records.
    Room(u8),
    /// The device's clock jumps by so many days.
    Clock(i16),
    /// The device syncs.
    Sync,
    /// Two processes sync at once; the bits say whose turn it is.
    Race(u32),
    /// The user opens the n-th mail while the device syncs; the bits say whose turn it is.
    Open(u8, u32),
    /// The process dies between two syncs.
    Restart,
}

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    /// The school makes an object.
    Create(DataType),
    /// The school changes the n-th object, counted round.
    Edit(DataType, u8),
    /// Another device of the user's marks the n-th mail as read or unread, or says how far the n-th homework
    /// is, counted round.
    Elsewhere(DataType, u8),
    /// The school destroys the n-th object, counted round.
    Destroy(DataType, u8),
    /// The server forgets what changed until now.
    Forget,
    /// What travels slowly arrives.
    Late,
    /// The server refuses what the user does, or accepts it again.
    Refuse(bool),
    /// The school switches a module off or on.
    Deny(DataType, bool),
    /// The user says how far the n-th homework is.
    Tick(u8, u8),
    /// The user marks the n-th mail as read or unread.
    Seen(u8, bool),
    /// The user gives the n-th mail a label that no mail had before.
    Label(u8),
    /// The n-th row of the outbox does not open any more, counted round.
    Spoil(u8),
    /// The user has seen what was refused.
    Dismiss,
}

/// A small generator of numbers (splitmix64): the same everywhere and for ever.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number under `bound`.
    fn under(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn byte(&mut self, bound: u8) -> u8 {
        u8::try_from(self.under(u64::from(bound))).unwrap_or(0)
    }

    fn coin(&mut self) -> bool {
        self.under(2) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.under(from.len() as u64)).unwrap_or(0)]
    }
}

impl Plan {
    /// The plan of a seed.
    pub fn from_seed(seed: u64) -> Self {
        let random = &mut Random::new(seed);
        let limits = Limits {
            calls: random.pick(&[12, 16, 64]),
            get: random.pick(&[2, 3, 5, 50]),
            set: random.pick(&[1, 2, 10]),
        };
        let forgets_names = random.coin();
        let begin = random.under(12);
        let mut steps: Vec<Step> = (0..begin).map(|_| Step::Do(Act::Create(random_type(random)))).collect();
        if random.coin() {
            steps.push(Step::Sync);
        }
        let rest = 3 + random.under(14);
        steps.extend((0..rest).map(|_| Step::random(random)));
        Self { limits, forgets_names, steps }
    }
}

/// Mails and homework more often than the rest: users change them.
fn random_type(random: &mut Random) -> DataType {
    match random.under(10) {
        0..=2 => DataType::Email,
        3 => DataType::Task,
        _ => random.pick(&DataType::ALL),
    }
}

impl Step {
    /// Whether anything may be different on the device after it.
    pub fn concerns_the_device(&self) -> bool {
        use Act::{Dismiss, Label, Seen, Tick};
        matches!(
            self,
            Self::Sync | Self::Race(_) | Self::Open(..) | Self::Do(Tick(..) | Seen(..) | Label(_) | Dismiss)
        )
    }

    fn random(random: &mut Random) -> Self {
        match random.under(100) {
            0..=27 => Self::Sync,
            28..=57 => Self::Do(Act::random(random)),
            58..=63 => Self::During(random.byte(60), Act::random(random)),
            64..=67 => Self::During(random.byte(40), Act::of_user(random)),
            68..=81 => Self::Once(random_trouble(random)),
            82..=83 => Self::Always(random_trouble(random)),
            84..=86 => Self::Well,
            87..=91 => Self::Crash(random.byte(90)),
            92 => Self::Room(random.byte(12)),
            93 => Self::Full(random.coin()),
            94 => Self::Clock(random.pick(&[-400, -8, -1, 1, 6, 40, 300])),
            95 => Self::Restart,
            96 => Self::Open(random.byte(8), u32::try_from(random.next() >> 32).unwrap_or(0)),
            _ => Self::Race(u32::try_from(random.next() >> 32).unwrap_or(0)),
        }
    }
}

impl Act {
    fn random(random: &mut Random) -> Self {
        let which = random.byte(30);
        match random.under(44) {
            0..=7 => Self::Create(random_type(random)),
            8..=14 => Self::Edit(random_type(random), which),
            15..=19 => Self::Destroy(random_type(random), which),
            20 => Self::Forget,
            21 => Self::Refuse(random.coin()),
            22 => Self::Deny(random.pick(&DataType::ALL), random.coin()),
            23..=24 => Self::Late,
            40..=42 => Self::Elsewhere(random.pick(&[DataType::Email, DataType::Task]), random.byte(4)),
            43 => Self::Spoil(random.byte(4)),
            _ => Self::of_user(random),
        }
    }

    fn of_user(random: &mut Random) -> Self {
        match random.under(17) {
            0..=5 => Self::Tick(random.byte(3), random.byte(5)),
            6..=10 => Self::Seen(random.byte(4), random.coin()),
            11..=15 => Self::Label(random.byte(4)),
            _ => Self::Dismiss,
        }
    }
}

fn random_trouble(random: &mut Random) -> Trouble {
    let which = random.byte(40);
    random.pick(&[
        Trouble::RequestLost,
        Trouble::AnswerLost,
        Trouble::AnswerLost,
        Trouble::Late,
        Trouble::Late,
        Trouble::Late,
        Trouble::Twice,
        Trouble::Unavailable,
        Trouble::Malformed,
        Trouble::Reversed,
        Trouble::Repeated,
        Trouble::Partial,
        Trouble::ObjectLeftOut,
        Trouble::ObjectAdded,
        Trouble::BrokenObject,
        Trouble::CannotCalculate,
        Trouble::Stuck,
        Trouble::Endless,
        Trouble::MethodFails(which),
        Trouble::MethodFails(which),
        Trouble::RateLimit,
        Trouble::ReadOnly,
    ])
}
