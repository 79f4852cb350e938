//! Lessons: a class's are everybody's in it, a course's are those of its pupils.

use std::collections::BTreeMap;

use serde_json::Value;
use tornister_formats::{
    report::Report,
    untis::{ClassLesson, Export, ExportFile, Exports},
};
use tornister_protocol::school::Lesson;

use super::sources::Items;
use crate::backend::{
    BackendError, Kind as _,
    embedded::{
        change::{Change, Item},
        class_scope, user_scope,
    },
};

/// The files that are kept, with these in place of older ones.
pub async fn with_kept(change: &mut Change, exports: &Exports) -> Result<Exports, BackendError> {
    let rows: Vec<(String, String, Vec<u8>)> = sqlx::query_as("SELECT name, path, bytes FROM timetable_file")
        .fetch_all(&mut *change.transaction)
        .await?;
    let kind = |name: &str| Export::ALL.into_iter().find(|kind| kind.name() == name);
    let mut all: Exports = rows
        .into_iter()
        .filter_map(|(name, path, bytes)| Some((kind(&name)?, ExportFile { path, bytes })))
        .collect();
    all.extend(exports.iter().map(|(kind, file)| (*kind, file.clone())));
    Ok(all)
}

/// Keeps exactly these files.
pub async fn keep(change: &mut Change, exports: &Exports) -> Result<(), BackendError> {
    sqlx::query("DELETE FROM timetable_file").execute(&mut *change.transaction).await?;
    for (kind, file) in exports {
        sqlx::query("INSERT INTO timetable_file (name, path, bytes) VALUES (?1, ?2, ?3)")
            .bind(kind.name())
            .bind(&file.path)
            .bind(kind.storable(&file.bytes))
            .execute(&mut *change.transaction)
            .await?;
    }
    Ok(())
}

/// Makes exactly these the school's lessons.
pub async fn put(
    change: &mut Change,
    lessons: &[ClassLesson],
    report: &mut Report,
) -> Result<(), BackendError> {
    let mut by_scope: BTreeMap<String, Items> = known_scopes(change).await?;
    let pupils = Pupils::read(change).await?;
    let mut logins: BTreeMap<(&str, &str), Option<String>> = BTreeMap::new();
    for item in lessons {
        let Value::Object(object) = serde_json::to_value(&item.lesson)? else { continue };
        let lesson = &item.lesson;
        let day = Some((lesson.date.to_string(), i64::from(lesson.period)));
        let mut scopes = Vec::new();
        match &item.students {
            None => scopes.push(class_scope(&item.class)),
            Some(students) => {
                for student in students {
                    let login = logins.entry((item.class.as_str(), student.as_str())).or_insert_with(|| {
                        let login = pupils.login(student, &item.class);
                        if login.is_none() {
                            let message = format!(
                                "nobody in class {} is {student}; this pupil's courses are shown to nobody. Add the \
                                 pupil with `tornister user add`, or use the login in Untis",
                                item.class
                            );
                            report.warn(Export::Choices.name(), None, message);
                        }
                        login
                    });
                    scopes.extend(login.as_deref().map(user_scope));
                }
            }
        }
        for scope in scopes {
            let items = by_scope.entry(scope).or_default();
            items.insert(lesson.id.to_string(), Item { object: object.clone(), day: day.clone() });
        }
    }
    for (scope, items) in &by_scope {
        change.put_all(scope, Lesson::NAME, items).await?;
    }
    Ok(())
}

/// Who had lessons so far, each without any: a class that is dissolved loses them.
async fn known_scopes(change: &mut Change) -> Result<BTreeMap<String, Items>, BackendError> {
    let scopes = sqlx::query_scalar("SELECT DISTINCT scope FROM object WHERE type = ?1").bind(Lesson::NAME);
    let scopes: Vec<String> = scopes.fetch_all(&mut *change.transaction).await?;
    Ok(scopes.into_iter().map(|scope| (scope, Items::new())).collect())
}

/// The pupils, by whatever Untis may call them.
struct Pupils(Vec<(String, String, String)>);

impl Pupils {
    async fn read(change: &mut Change) -> Result<Self, BackendError> {
        let rows = sqlx::query_as("SELECT login, name, class FROM person WHERE class IS NOT NULL");
        Ok(Self(rows.fetch_all(&mut *change.transaction).await?))
    }

    /// The one pupil of the class whom Untis calls so: by login, by name, or as `Last_Fir_20130512`.
    fn login(&self, student: &str, class: &str) -> Option<String> {
        let wanted = student.to_lowercase();
        let parts: Vec<&str> = wanted
            .split(|character: char| !character.is_alphanumeric())
            .filter(|part| !part.is_empty() && !part.bytes().all(|byte| byte.is_ascii_digit()))
            .collect();
        let mut found = self.0.iter().filter(|(login, name, of)| {
            let name = name.to_lowercase();
            let is_so_called = match parts[..] {
                [last, first] => name.split(' ').next_back() == Some(last) && name.starts_with(first),
                _ => false,
            };
            of == class && (*login == wanted || name == wanted || is_so_called)
        });
        match (found.next(), found.next()) {
            (Some((login, ..)), None) => Some(login.clone()),
            _ => None,
        }
    }
}
