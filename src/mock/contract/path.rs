//! The path of a value in a request or an answer.

/// The place of a value, written out only for a mismatch.
pub(super) enum Path<'a> {
    /// The input or output itself.
    Root,
    /// A member of a structure, or a key of a map.
    Member(&'a Path<'a>, &'a str),
    /// An item of a list, counted from 0.
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    /// With `.member` after the number of an item, as Coral counts; EC2 does not write it.
    pub(super) fn text(&self, ec2: bool) -> String {
        match self {
            Path::Root => String::new(),
            Path::Member(Path::Root, name) => (*name).to_owned(),
            Path::Member(parent, name) => format!("{}.{name}", parent.text(ec2)),
            Path::Item(parent, place) => {
                let word = if ec2 { "" } else { ".member" };
                format!("{}.{}{word}", parent.text(ec2), place + 1)
            }
        }
    }
}
