// The least that any list of stored mails has to do: read the newest few by an index, without a cursor,
// build a row for each, and read the next few when the end comes near.

import { done } from "/sync.js";

const span = (name, text) => {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
};

const row = (mail) => {
  const link = document.createElement("a");
  link.href = `#${mail.id}`;
  const top = span("top", "");
  top.append(
    span("who", mail.from?.map(({ name, email }) => name ?? email).join(", ")),
    span("when", new Date(mail.receivedAt).toLocaleDateString("de", { day: "numeric", month: "numeric" })),
  );
  link.append(top, span("subject", mail.subject), span("preview", mail.preview));
  const item = document.createElement("li");
  item.append(link);
  return item;
};

/** Opens the database that `sync` has filled. */
export const open = (name) => done(indexedDB.open(name));

/** Shows the `step` mails after `last`; the last of them, where there may be more. */
export const more = async (database, step, last = -Infinity) => {
  const index = database.transaction("records").objectStore("records").index("newestFirst");
  const mails = await done(index.getAll(IDBKeyRange.lowerBound(last, true), step));
  document.querySelector("ul").append(...mails.map(row));
  return mails.length === step ? mails.at(-1).newestFirst : undefined;
};

/** Shows all mails, `step` at a time. */
export const show = async (database, step) => {
  let last = await more(database, step);
  const watch = new IntersectionObserver(
    async ([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      watch.disconnect();
      last = await more(database, step, last);
      if (last !== undefined) watch.observe(document.querySelector("li:last-child"));
    },
    { rootMargin: "2000px" },
  );
  watch.observe(document.querySelector("li:last-child"));
};
