// A pupil in a hurry: ticks homework, opens mails and marks some as unread again, until `window.stopped`.
// `args[0]` is what this tab may touch: an inbox, homework, mails. `window.wishes` is what was last wished
// for each of them; `window.acts` counts.
const { inbox, homework, mails } = args[0];
const asleep = (millis) => new Promise((go) => setTimeout(go, millis));
const any = (list) => list[Math.floor(Math.random() * list.length)];
const until = async (what, holds) => {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 1000) throw new Error(`waited in vain for ${what}`);
    await asleep(10);
  }
};
const click = (selector) => {
  const found = document.querySelector(selector);
  found?.click();
  return Boolean(found);
};
const act = (id, wish) => {
  window.wishes[id] = wish;
  window.acts += 1;
};

const tick = async (list) => {
  click(".tabs a[href='/aufgaben']");
  await until("the homework", () => click(`.segments a[href='${list}']`) && location.pathname === list);
  for (let times = 0; times < 6; times++) {
    await asleep(40);
    const id = any(homework);
    const box = document.querySelector(`.task-link[href$='/${id}']`)?.closest(".task").querySelector("input");
    if (!box) continue;
    // The tick shows once the device has kept it.
    const wish = !box.checked;
    box.click();
    act(id, wish);
  }
};

const read = async () => {
  click(".tabs a[href='/post']");
  const id = any(mails);
  const address = `/post/${inbox}/${id}`;
  await until("a mail in the list", () => click(`.mail-link[href='${address}']`));
  // A mail is marked as read once it is shown; only then is there something to take back.
  const shown = () => location.pathname === address && document.querySelector(".message .message-people");
  const isRead = () => {
    const row = document.querySelector(`.mail-link[href='${address}']`);
    return row && !row.closest(".mail--unread");
  };
  await until("an open mail to be read", () => shown() && isRead());
  act(id, true);
  if (Math.random() < 0.7) {
    document.querySelector(".message .actions button").click();
    act(id, false);
  }
};

window.wishes = {};
window.acts = 0;
window.stopped = false;
window.work = (async () => {
  while (!window.stopped) {
    await tick("/aufgaben");
    await read();
    await tick("/aufgaben/erledigt");
    await read();
  }
})();
window.work.catch(() => {});
