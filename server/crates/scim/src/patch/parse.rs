//! The body of a PATCH → typed steps.

use serde_json::Value;

use super::{
    MemberOp, Patch,
    members::{members, removal, values_named},
    path::{Place, Target},
    twice::is_any_twice,
};
use crate::{
    Map, ResourceType, dialect,
    error::{Error, Result, safe_name},
    json,
    limits::MAX_PATCH_OPERATIONS,
    resource::{Reason, ignored::IgnoredList},
    schema::Attribute,
    value,
};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Add,
    Replace,
    Remove,
}

/// One operation on one place, its value typed; `null` unsets.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) action: Action,
    pub(crate) target: Target,
    pub(crate) value: Value,
}

impl Patch {
    /// Reads the body of a PATCH for a resource type.
    ///
    /// Errors: 400 `invalidSyntax` (not a PATCH), `tooMany`, `invalidValue` (wrong type), `noTarget` (`remove` without
    /// path), `mutability` (removal of a required attribute, or nothing but read-only attributes), `invalidPath`
    /// (nothing but unknown attributes).
    pub fn parse(body: &[u8], resource: ResourceType) -> Result<Self> {
        let mut message = json::object(body)?;
        let mut reader = StepReader::new(resource, false);
        for operation in operations(&mut message)? {
            reader.operation(operation)?;
        }
        reader.finish()
    }
}

/// `Operations`, wherever it stands in the message; other members of the message are tolerated (A4.1).
fn operations(message: &mut Map) -> Result<Vec<Value>> {
    match take(message, "Operations") {
        Some(Value::Array(list)) if list.is_empty() => {
            Err(Error::invalid_syntax("The PATCH has no operation in Operations."))
        }
        Some(Value::Array(list)) => Ok(list),
        _ => Err(Error::invalid_syntax("A PATCH needs a list named Operations.")),
    }
}

fn take(map: &mut Map, name: &str) -> Option<Value> {
    let key = map.keys().find(|key| dialect::same_word(key, name))?.clone();
    map.remove(&key)
}

/// Collects steps, and remembers what could not become one.
pub(crate) struct StepReader {
    resource: ResourceType,
    /// Whether a whole resource is read, in which there is nothing yet that could be unset.
    is_whole: bool,
    steps: Vec<Step>,
    members: Vec<MemberOp>,
    ignored: IgnoredList,
    /// Operations that reached a place we know, even if they change nothing there.
    reached: usize,
    count: usize,
}

impl StepReader {
    pub(crate) fn new(resource: ResourceType, is_whole: bool) -> Self {
        let ignored = IgnoredList::default();
        Self {
            resource,
            is_whole,
            steps: vec![],
            members: vec![],
            ignored,
            reached: 0,
            count: 0,
        }
    }

    fn operation(&mut self, operation: Value) -> Result<()> {
        let Value::Object(operation) = operation else {
            return Err(Error::invalid_syntax(
                "Each operation of a PATCH must be an object.",
            ));
        };
        let mut parts = [Value::Null, Value::Null, Value::Null];
        for (name, value) in operation {
            let known = ["op", "path", "value"]
                .iter()
                .position(|known| dialect::same_word(&name, known));
            if let Some(index) = known {
                parts[index] = value;
            }
        }
        let [op, path, value] = parts;
        let action = action(&op)?;
        match path {
            path if dialect::is_no_path(&path) => self.pathless(action, value),
            Value::String(path) => self.at(action, &path, value),
            _ => Err(Error::invalid_path("The path of a PATCH operation must be text.")),
        }
    }

    /// An operation whose value is an object of attributes (A4.3).
    fn pathless(&mut self, action: Action, value: Value) -> Result<()> {
        if action == Action::Remove {
            return Err(Error::no_target(
                "A remove operation needs a path that says what to remove.",
            ));
        }
        match value {
            Value::Object(object) => self.attributes(action, object),
            Value::Array(list) => list.into_iter().try_for_each(|value| match value {
                Value::Object(object) => self.attributes(action, object),
                _ => Err(needs_object()),
            }),
            _ => Err(needs_object()),
        }
    }

    /// Each key of an object is a path: plain, dotted, URN-qualified, or even with a filter (A4.3).
    pub(crate) fn attributes(&mut self, action: Action, object: Map) -> Result<()> {
        let (steps, members) = (self.steps.len(), self.members.len());
        object.into_iter().try_for_each(|(name, value)| {
            if dialect::says_nothing(&name) {
                self.reached += 1;
                return Ok(());
            }
            self.at(action, &name, value)
        })?;
        if self.members.len() > members + 1 || is_any_twice(&self.steps[steps..]) {
            return Err(Error::invalid_syntax(
                "The same attribute stands twice in one object, under two names.",
            ));
        }
        Ok(())
    }

    fn at(&mut self, action: Action, path: &str, value: Value) -> Result<()> {
        self.count += 1;
        if self.count > MAX_PATCH_OPERATIONS {
            return Err(Error::too_many(format!(
                "More than {MAX_PATCH_OPERATIONS} operations or attributes at once. Send them in several requests."
            )));
        }
        match Target::parse(path, self.resource) {
            Ok(target) => {
                self.reached += 1;
                self.reach(action, target, value)
            }
            Err(reason) => {
                self.reached += usize::from(reason == Reason::Password);
                self.ignored.push(path, reason);
                Ok(())
            }
        }
    }

    fn reach(&mut self, action: Action, target: Target, value: Value) -> Result<()> {
        match target {
            Target::Members => self.all_members(action, value),
            Target::SelectedMembers(filter) => self.some_members(action, filter, value),
            Target::Extension(schema) if action != Action::Remove => self.extension(action, schema.id, value),
            Target::CustomExtension(urn) if action != Action::Remove => self.extension(action, &urn, value),
            target => self.step(action, target, value),
        }
    }

    /// An extension as a whole: its attributes one by one, so that the others stay (A4.3: merge, never replace).
    fn extension(&mut self, action: Action, urn: &str, value: Value) -> Result<()> {
        match value {
            Value::Null => self.reach(Action::Remove, whole_extension(urn, self.resource), Value::Null),
            Value::Object(object) => object
                .into_iter()
                .try_for_each(|(name, value)| self.at(action, &format!("{urn}:{name}"), value)),
            _ => Err(Error::invalid_value(format!(
                "{} must be an object of attributes.",
                safe_name(urn)
            ))),
        }
    }

    fn all_members(&mut self, action: Action, value: Value) -> Result<()> {
        let is_given = !value.is_null();
        let listed = members(value)?;
        self.members.push(match action {
            Action::Add => MemberOp::Add(listed),
            Action::Replace => MemberOp::Replace(listed),
            Action::Remove => dialect::members_removed(is_given.then_some(listed)),
        });
        Ok(())
    }

    /// `members[…]`: removal, or putting other members in the place of those selected.
    fn some_members(&mut self, action: Action, filter: crate::Filter, value: Value) -> Result<()> {
        let mut instead = members(value)?;
        if instead.is_empty() && action == Action::Add {
            let named = values_named(&filter).unwrap_or_default();
            instead = named
                .into_iter()
                .map(crate::resource::MemberRef::from_value)
                .collect();
        }
        if action != Action::Add {
            self.members.push(removal(filter));
        }
        if action != Action::Remove {
            self.members.push(MemberOp::Add(instead));
        }
        Ok(())
    }

    fn step(&mut self, action: Action, target: Target, value: Value) -> Result<()> {
        self.check_implied(&target)?;
        let value = self.typed(action, &target, value)?;
        if let Target::Attribute(place) = &target
            && !self.may_unset(place, action, &value)?
        {
            return Ok(());
        }
        self.steps.push(Step {
            action,
            target,
            value,
        });
        Ok(())
    }

    /// What the filter of a path may put into a new element is checked like any other value.
    fn check_implied(&mut self, target: &Target) -> Result<()> {
        let Target::Selected { place, filter, .. } = target else {
            return Ok(());
        };
        if let Some(element) = dialect::implied_element(filter) {
            value::selected(place.attribute, place, Value::Object(element), &mut self.ignored)?;
        }
        Ok(())
    }

    /// The value in the type of its target.
    fn typed(&mut self, action: Action, target: &Target, value: Value) -> Result<Value> {
        let removes = action == Action::Remove;
        match target {
            Target::Attribute(place) if removes && place.attribute.multi_valued => {
                value::patterns(place.attribute, place, value, &mut self.ignored)
            }
            _ if removes => Ok(Value::Null),
            Target::Attribute(place) => value::typed(place.attribute, place, value, &mut self.ignored),
            Target::Sub(_, sub) | Target::Selected { sub: Some(sub), .. } => {
                value::typed(sub, target, value, &mut self.ignored)
            }
            Target::Selected { place, sub: None, .. } => {
                value::selected(place.attribute, place, value, &mut self.ignored)
            }
            Target::Custom { .. } => value::custom(&target.to_string(), value),
            _ => Ok(Value::Null),
        }
    }

    /// Whether a step may go on: not if it would unset what has to be set.
    fn may_unset(&mut self, place: &Place, action: Action, value: &Value) -> Result<bool> {
        let unsets = value.is_null() && !(action == Action::Add && place.attribute.multi_valued);
        if unsets && place.attribute.required {
            return Err(required(place.attribute, action));
        }
        if !unsets || action == Action::Remove || !dialect::stays_when_null(place.attribute) {
            return Ok(true);
        }
        if !self.is_whole {
            self.ignored.push(place.attribute.name, Reason::NotUnset);
        }
        Ok(false)
    }

    fn finish(self) -> Result<Patch> {
        let refused = &self.ignored.0;
        if dialect::reaches_nothing(self.reached, refused) {
            return Err(nothing_reached(refused));
        }
        Ok(self.into_patch())
    }

    /// What was collected, whether or not it reaches anything.
    pub(crate) fn into_patch(self) -> Patch {
        Patch {
            resource: self.resource,
            steps: self.steps,
            members: self.members,
            ignored: self.ignored.0,
        }
    }
}

fn whole_extension(urn: &str, resource: ResourceType) -> Target {
    match resource.extension().filter(|schema| schema.id == urn) {
        Some(schema) => Target::Extension(schema),
        None => Target::CustomExtension(urn.to_owned()),
    }
}

/// `op` in any case (A4.1).
fn action(op: &Value) -> Result<Action> {
    let words = [
        ("add", Action::Add),
        ("replace", Action::Replace),
        ("remove", Action::Remove),
    ];
    let sent = op.as_str().unwrap_or_default();
    let known = words.into_iter().find(|(word, _)| dialect::same_word(sent, word));
    known
        .map(|(_, action)| action)
        .ok_or_else(|| Error::invalid_syntax("The op of a PATCH operation must be add, replace or remove."))
}

fn needs_object() -> Error {
    Error::invalid_value("A PATCH operation without a path needs an object of attributes as its value.")
}

fn required(attribute: &Attribute, action: Action) -> Error {
    let name = attribute.name;
    match action {
        Action::Remove => Error::mutability(format!("{name} is required and cannot be removed.")),
        _ => Error::invalid_value(format!(
            "{name} is required and cannot be empty. Map it to an attribute with a value."
        )),
    }
}

/// The refusal of a PATCH none of whose operations has a target.
fn nothing_reached(ignored: &[crate::resource::Ignored]) -> Error {
    let names = |reason: Reason| {
        let names = ignored
            .iter()
            .filter(|entry| entry.reason == reason)
            .map(|entry| entry.path.as_str());
        names.take(10).collect::<Vec<_>>().join(", ")
    };
    match names(Reason::ReadOnly) {
        read_only if !read_only.is_empty() => {
            Error::mutability(format!("These attributes cannot be written: {read_only}."))
        }
        _ => Error::invalid_path(format!(
            "No operation names an attribute we know. Unknown: {}. Remove them from the attribute mapping, or choose \
             attributes that /Schemas lists.",
            names(Reason::Unknown)
        )),
    }
}
