// Makes a database as schema 1 and sealing format 1 left it on phones. Body of an async function of
// `name`. Never change it: it stands for data that nobody can change any more.

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));

const TASK =
  "01090909090909090909090909090909090909090909090909c5508bee5e905b16d63e2a4809006ca74380c3d32443a7c3caaf347ea74f2737e7087af984e4de356e10d0b92aa3626d677f4d35091fb666b2a3b7360b10";
const ACCOUNT =
  "01090909090909090909090909090909090909090909090909c5508bee5e905b0397716749060725c70892d4f92f14f395efe93a66f1476279ae082ebabfee976e2e39d9b969fef9e83ae64c6f1d3b973e888fc73fb1e854b8875063f6db10f6e1c6304865645393ba83765266de9e825ec976f2f1192a0dd04f35c656221a2f564ae7dda48a68c50ccd0a2c4fd2e3c30292e88840c7cf9477380543573362a0bf520aea7770260b26dcc8db67954da6200a4c1e467c40ba643149132ce0d218acebc813be4518b6";
const POINT =
  "01090909090909090909090909090909090909090909090909c5508bee5e905b369561631e4451749f4b87d2b87a43eed084f05583cde8a6ee977d386c88194142e258";
const CHANGE =
  "01090909090909090909090909090909090909090909090909c55081e21dc41e07d628731e0b1b66854d9695a06211ef8ec1ff7d2fa0047f79eb4e62e1f0ff97782e05ceb86faccff424a9133f5c78d83b978fc134b4a74cb69f017bf2c104abb093260773731fcbbadd6d577dd78c9e38731cd0540494909025c24aee6c6398";
// The key of all records, 32 times 7, wrapped by a key of 32 times 1.
const WRAPPED =
  "00d1ce4e4d50c6fad4cbbbcf5ba0c5b5a5b2d6e8ecb68a76da80e7fc7ffc73787309821ad5e86f7a66c65c83130f477f";

const keeper = await crypto.subtle.importKey("raw", new Uint8Array(32).fill(1), "AES-GCM", false, [
  "encrypt",
  "decrypt",
]);

const opening = indexedDB.open(name, 1);
opening.onupgradeneeded = () => {
  const records = opening.result.createObjectStore("records");
  records.createIndex("lists", "l", { multiEntry: true });
  opening.result.createObjectStore("outbox", { autoIncrement: true });
  opening.result.createObjectStore("key");
};
const database = await new Promise((resolve, reject) => {
  opening.onsuccess = () => resolve(opening.result);
  opening.onerror = () => reject(opening.error);
});
const transaction = database.transaction(["records", "outbox", "key"], "readwrite");
const records = transaction.objectStore("records");
records.put({ k: "Meta/account", l: [], s: bytes(ACCOUNT) }, "Meta/account");
records.put({ k: "SyncPoint/Task", l: [], s: bytes(POINT) }, "SyncPoint/Task");
records.put({ k: "Task/t", l: ["Task/open/9999"], s: bytes(TASK) }, "Task/t");
transaction.objectStore("outbox").put({ k: "3", l: [], s: bytes(CHANGE) }, 3);
transaction
  .objectStore("key")
  .put({ key: keeper, nonce: new Uint8Array(12).fill(2), wrapped: bytes(WRAPPED) }, "1");
await new Promise((resolve, reject) => {
  transaction.oncomplete = resolve;
  transaction.onabort = () => reject(transaction.error);
});
database.close();
