// The least that any app with offline data has to do: open IndexedDB, read the newest 50 of 1,000
// records by an index, show them. The bench compares Tornister's start with this page's.

const request = (work) =>
  new Promise((resolve, reject) => {
    work.onsuccess = () => resolve(work.result);
    work.onerror = () => reject(work.error);
  });

const opening = indexedDB.open("reference", 1);
opening.onupgradeneeded = () => {
  const records = opening.result.createObjectStore("records", { keyPath: "id" });
  records.createIndex("byTime", "time");
  for (let id = 0; id < 1000; id++) {
    records.put({ id, time: id, title: `Record ${id}`, text: "Once upon a time. ".repeat(25) });
  }
};

const newest = async (database, count) => {
  const index = database.transaction("records").objectStore("records").index("byTime");
  const all = await request(index.count());
  return request(index.getAll(IDBKeyRange.lowerBound(all - count)));
};

const database = await request(opening);
const items = (await newest(database, 50)).map((record) => {
  const item = document.createElement("li");
  item.textContent = `${record.title}: ${record.text.slice(0, 60)}`;
  return item;
});
document.querySelector("ul").replaceChildren(...items);

await navigator.serviceWorker.register("/sw.js");
