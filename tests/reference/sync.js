// What the sync of any app with offline data does at least: ask the server, read the answer's JSON, put
// each object into one object store with an index, in one transaction for each answer. `requests` are
// the bodies that the app has sent, so both get the same bytes.

/** What IndexedDB answers. */
export const done = (work) =>
  new Promise((resolve, reject) => {
    work.onsuccess = work.oncomplete = () => resolve(work.result);
    work.onerror = work.onabort = () => reject(work.error);
  });

const open = (name) => {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () =>
    opening.result.createObjectStore("records", { keyPath: "key" }).createIndex("newestFirst", "newestFirst");
  return done(opening);
};

const ask = async (body) => {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("/jmap/api", { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.json();
};

// A mail's list properties and its body come by two calls of one method.
const kindOf = (method, call) => method.split("/")[0] + (/bodies$/i.test(call) ? "Body" : "");

/** Fetches everything into the database of this name; the number of objects. */
export const sync = async (name, requests) => {
  const database = await open(name);
  let count = 0;
  for (const body of requests) {
    const { methodResponses } = await ask(body);
    const transaction = database.transaction("records", "readwrite", { durability: "relaxed" });
    const records = transaction.objectStore("records");
    for (const [method, { list }, call] of methodResponses) {
      for (const object of list ?? []) {
        const key = `${kindOf(method, call)}/${object.id}`;
        records.put(object.receivedAt ? { ...object, key, newestFirst: -Date.parse(object.receivedAt) } : { ...object, key });
        count++;
      }
    }
    await done(transaction);
  }
  database.close();
  return count;
};
