//! The standard methods (RFC 8620 §5), as strict as a server may be.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::{Inside, Stored, Trouble};

type Answer = Result<Value, &'static str>;

impl Inside {
    pub(super) fn method(
        &mut self,
        name: &str,
        arguments: &Map<String, Value>,
        trouble: Option<Trouble>,
    ) -> Answer {
        let (data_type, method) = name.split_once('/').expect("a method");
        if self.denied.iter().any(|it| it == data_type) {
            return Err("accountNotSupportedByMethod");
        }
        match method {
            "get" => self.get(data_type, arguments, trouble),
            "changes" => self.changes(data_type, arguments, trouble),
            "query" => self.query(data_type, arguments),
            "set" => self.set(data_type, arguments, trouble),
            _ => Err("unknownMethod"),
        }
    }

    fn get(&mut self, data_type: &str, arguments: &Map<String, Value>, trouble: Option<Trouble>) -> Answer {
        let all = || self.of_type(data_type).filter(|(_, it)| it.object.is_some()).map(|(id, _)| id.clone());
        let ids: Vec<String> = match &arguments["ids"] {
            Value::Array(ids) => ids.iter().map(|id| id.as_str().expect("an id").to_owned()).collect(),
            _ => all().collect(),
        };
        if ids.len() > self.limits.get && !arguments["ids"].is_null() {
            return Err("requestTooLarge");
        }
        let properties = arguments.get("properties").and_then(Value::as_array);
        let find = |id: &String| {
            let object = self.objects.get(&(data_type.to_owned(), id.clone()))?.object.as_ref()?;
            let wanted = |name: &str| {
                name == "id" || properties.is_none_or(|wanted| wanted.iter().any(|it| it == name))
            };
            let found = object.iter().filter(|(name, _)| wanted(name));
            Some(found.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
        };
        let mut list: Vec<Value> = ids.iter().filter_map(find).map(Value::Object).collect();
        let there = |id: &str| list.iter().any(|object| object["id"] == id);
        let not_found: Vec<&String> = ids.iter().filter(|id| !there(id)).collect();
        match trouble {
            Some(Trouble::ObjectLeftOut) if !list.is_empty() && !arguments["ids"].is_null() => {
                drop(list.remove(0));
            }
            Some(Trouble::ObjectAdded) => {
                let asked = |id: &String| ids.contains(id);
                if let Some(other) = all().find(|id| !asked(id)).and_then(|id| find(&id)) {
                    list.push(Value::Object(other));
                }
            }
            Some(Trouble::BrokenObject) => {
                list.first_mut().into_iter().for_each(|it| *it = json!({"id": it["id"], "subject": 7}));
            }
            _ => {}
        }
        let state = self.state(data_type).to_string();
        if let Some(sent) = &mut self.sent_objects {
            sent.extend(list.iter().map(|object| (data_type.to_owned(), object.clone())));
        }
        let (list, not_found) = (Value::Array(list), json!(not_found));
        Ok(Value::Object(Map::from_iter([
            ("accountId".to_owned(), json!("a")),
            ("state".to_owned(), json!(state)),
            ("list".to_owned(), list),
            ("notFound".to_owned(), not_found),
        ])))
    }

    fn changes(&self, data_type: &str, arguments: &Map<String, Value>, trouble: Option<Trouble>) -> Answer {
        let since_state = arguments["sinceState"].as_str().expect("a state");
        let since = super::moment(since_state);
        let forgotten = trouble == Some(Trouble::CannotCalculate)
            || matches!(trouble, Some(Trouble::CannotCalculateOf(forgotten)) if forgotten == data_type);
        if forgotten || since < self.horizon {
            return Err("cannotCalculateChanges");
        }
        let most = arguments.get("maxChanges").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let mut changed: Vec<(&String, &Stored)> =
            self.of_type(data_type).filter(|(_, it)| it.changed > since).collect();
        changed.sort_by_key(|(_, it)| it.changed);
        let more = changed.len() as u64 > most;
        changed.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        let mut state = if more { changed.last().expect("one").1.changed } else { self.state(data_type) };
        match trouble {
            Some(Trouble::Stuck) => (state, changed) = (since, Vec::new()),
            Some(Trouble::Endless) => (state, changed) = (since, Vec::new()),
            _ => {}
        }
        let mut new_state = state.to_string();
        if trouble == Some(Trouble::Endless) {
            new_state = format!("{since_state}~");
        }
        let more = more || matches!(trouble, Some(Trouble::Stuck | Trouble::Endless));
        let ids = |pick: &dyn Fn(&Stored) -> bool| -> Vec<&String> {
            changed.iter().filter(|(_, it)| pick(it)).map(|(id, _)| *id).collect()
        };
        Ok(json!({
            "accountId": "a", "oldState": arguments["sinceState"], "newState": new_state,
            "hasMoreChanges": more,
            "created": ids(&|it| it.object.is_some() && it.created > since),
            "updated": ids(&|it| it.object.is_some() && it.created <= since),
            "destroyed": ids(&|it| it.object.is_none() && it.created <= since),
        }))
    }

    fn query(&self, data_type: &str, arguments: &Map<String, Value>) -> Answer {
        let filter = arguments.get("filter").unwrap_or(&Value::Null);
        let mut found: Vec<(&String, &Map<String, Value>)> = self
            .of_type(data_type)
            .filter_map(|(id, it)| Some((id, it.object.as_deref()?)))
            .filter(|(_, object)| finds(data_type, object, filter))
            .collect();
        if let Some(sort) = arguments.get("sort").and_then(|sort| sort.get(0)) {
            let property = sort["property"].as_str().expect("a property");
            found.sort_by_key(|(_, object)| text(object, property));
            if sort["isAscending"] == json!(false) {
                found.reverse();
            }
        }
        let ids: Vec<&String> = found.into_iter().map(|(id, _)| id).collect();
        let position = match arguments.get("anchor").and_then(Value::as_str) {
            Some(anchor) => ids.iter().position(|id| *id == anchor).ok_or("anchorNotFound")? + 1,
            None => 0,
        };
        let limit = arguments.get("limit").and_then(Value::as_u64);
        let limit = limit.map_or(usize::MAX, |it| usize::try_from(it).expect("a size"));
        let page: Vec<&&String> = ids.iter().skip(position).take(limit).collect();
        Ok(json!({
            "accountId": "a", "queryState": "1", "canCalculateChanges": false, "position": position,
            "ids": page, "total": ids.len(),
        }))
    }

    fn set(&mut self, data_type: &str, arguments: &Map<String, Value>, trouble: Option<Trouble>) -> Answer {
        let old_state = self.state(data_type).to_string();
        if arguments
            .get("ifInState")
            .is_some_and(|it| super::moment(it.as_str().expect("a state")).to_string() != old_state)
        {
            return Err("stateMismatch");
        }
        if trouble == Some(Trouble::ReadOnly) {
            return Err("accountReadOnly");
        }
        let updates = arguments["update"].as_object().expect("updates");
        assert!(updates.len() <= self.limits.set, "too many objects in a set");
        let (mut updated, mut not_updated) = (Map::new(), Map::new());
        for (id, patch) in updates {
            let refusal = if trouble == Some(Trouble::RateLimit) {
                Some("rateLimit")
            } else if self
                .objects
                .get(&(data_type.to_owned(), id.clone()))
                .is_none_or(|it| it.object.is_none())
            {
                Some("notFound")
            } else {
                self.refuse_sets.then_some("forbidden")
            };
            if let Some(kind) = refusal {
                not_updated.insert(id.clone(), json!({ "type": kind }));
            } else {
                let mut patch = patch.as_object().expect("a patch").clone();
                let names = arguments.get("tornister.app:operationIds").and_then(|names| names.get(id));
                for (path, name) in names.and_then(Value::as_object).into_iter().flatten() {
                    let is_new = self.operations.insert(name.as_str().expect("a name").to_owned());
                    if !is_new && !self.forgets_names {
                        patch.remove(path).expect("what is named is in the patch");
                    }
                }
                self.patch(data_type, id, &patch);
                updated.insert(id.clone(), Value::Null);
            }
        }
        Ok(json!({
            "accountId": "a", "oldState": old_state, "newState": self.state(data_type).to_string(),
            "updated": updated, "notUpdated": not_updated,
        }))
    }

    fn patch(&mut self, data_type: &str, id: &str, patch: &Map<String, Value>) {
        let key = (data_type.to_owned(), id.to_owned());
        let stored = self.objects.get_mut(&key).expect("an object");
        let object = Rc::make_mut(stored.object.as_mut().expect("alive"));
        let before = object.clone();
        for (path, value) in patch {
            let earlier = object.clone();
            write(object, path, value);
            let effect = (data_type.to_owned(), id.to_owned(), path.clone(), value.clone());
            if *object != earlier {
                self.effects.push(effect.clone());
            }
            self.accepted.push(effect);
        }
        if *object != before {
            self.counter += 1;
            stored.changed = self.counter;
        }
    }
}

fn text(object: &Map<String, Value>, property: &str) -> String {
    object.get(property).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Whether a query finds an object (RFC 8620 §5.5).
fn finds(data_type: &str, object: &Map<String, Value>, filter: &Value) -> bool {
    let Value::Object(filter) = filter else { return true };
    match filter.get("operator").and_then(Value::as_str) {
        Some("NOT") => {
            let conditions = filter["conditions"].as_array().expect("conditions");
            !conditions.iter().any(|condition| finds(data_type, object, condition))
        }
        Some(other) => panic!("no operator {other}"),
        None => filter.iter().all(|condition| meets(data_type, object, condition)),
    }
}

/// The conditions that the app's queries use (RFC 8621 §4.4.1, those of events and tasks, and the
/// vendor's own of lessons).
fn meets(data_type: &str, object: &Map<String, Value>, (name, wanted): (&String, &Value)) -> bool {
    if let Value::Array(any) = wanted {
        return any.contains(object.get(name).unwrap_or(&Value::Null));
    }
    let wanted = wanted.as_str().expect("a text");
    if data_type == "CalendarEvent" {
        let occurrences = object["tornister.app:occurrences"].as_array().expect("occurrences");
        let at = |occurrence: &Value, end: &str| occurrence[end].as_str().expect("a time").to_owned();
        return match name.as_str() {
            "after" => occurrences.iter().any(|it| *at(it, "end") > *wanted),
            "before" => occurrences.iter().any(|it| *at(it, "start") < *wanted),
            other => panic!("no condition {other}"),
        };
    }
    let time = text(object, if data_type == "Email" { "receivedAt" } else { "date" });
    let keyword = || object.get("keywords").is_some_and(|keywords| keywords.get(wanted).is_some());
    match name.as_str() {
        "after" => *time >= *wanted,
        "before" => *time < *wanted,
        "hasKeyword" => keyword(),
        "notKeyword" => !keyword(),
        other => panic!("no condition {other}"),
    }
}

fn write(object: &mut Map<String, Value>, path: &str, value: &Value) {
    match path.split_once('/') {
        Some((first, rest)) => {
            let inner = object.get_mut(first).and_then(Value::as_object_mut).expect("an object inside");
            write(inner, rest, value);
        }
        None if value.is_null() => drop(object.remove(path)),
        None => drop(object.insert(path.to_owned(), value.clone())),
    }
}
