// The service worker: it makes the app open without a network, and on a bad one as fast as without.
//
// One version of the app is one cache. It is filled as a whole or not at all, each file checked
// against its hash, and thrown away when the next version takes over. School data never comes near
// it: what belongs to the server goes to the network untouched, and the app keeps its data in
// IndexedDB.
//
// Plain JavaScript on purpose (decision D9): the browser wants all listeners registered in the first
// synchronous evaluation, and a page must not wait for WebAssembly to get its files.
//
// The build fills in the two constants (xtask/src/assemble/precache.rs).

/** Hash of this file and of the list: any change makes a new version. */
const VERSION = "{{VERSION}}";

/** `[path, integrity]` of every file of the app; empty in development, which turns caching off. */
const PRECACHE = [/* {{PRECACHE}} */];

const PREFIX = "tornister-app-";
const CACHE = PREFIX + VERSION;
const PATHS = new Set(PRECACHE.map(([path]) => path));
const PAGE = "/index.html";

/** What the server answers, never the cache. */
const SERVER = /^\/(jmap|auth|\.well-known)(\/|$)/;

/** Opened once, while the browser is still handing us the first request. */
const opened = caches.open(CACHE);

/** Takes the copy that the page has just fetched, unless it is stale: then the hash does not fit. */
async function fill(cache, [path, integrity]) {
  const get = (mode) => fetch(path, { integrity, cache: mode });
  const response = await get("default").catch(() => get("reload"));
  if (!response.ok || response.redirected) throw new Error(`${path}: ${response.status}`);
  await cache.put(path, response);
}

/** From the cache; from the network where the browser has dropped the file or lost the cache. */
async function answer(path, request) {
  const match = (cache) => cache.match(path, { ignoreVary: true });
  return (await opened.then(match).catch(() => undefined)) ?? fetch(request);
}

/** One missing file fails the whole install: the version in use stays, the browser tries again. */
async function install() {
  const cache = await opened;
  await Promise.all(PRECACHE.map((entry) => fill(cache, entry)));
}

/** Older versions go; pages that came from the network are served from here on. */
async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("install", (event) => event.waitUntil(install()));

self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || SERVER.test(url.pathname)) return;
  // Every address inside the app is the same page: deep links open offline, whatever their query.
  const isPage = request.mode === "navigate" && !PATHS.has(url.pathname);
  const path = isPage ? PAGE : url.pathname;
  if (PATHS.has(path)) event.respondWith(answer(path, request));
});

// A new version waits until the user takes it: never a change under an open page.
self.addEventListener("message", (event) => {
  if (event.data?.type === "activate-update") event.waitUntil(self.skipWaiting());
});
