"use strict";
// Chapters seek, the one being told is marked, captions keep clear of the words in the picture,
// a few keys work. The page is whole without it.
const video = document.querySelector("video");
const chapters = [...document.querySelectorAll(".chapters a")];

if (video) {
  const seek = (seconds) => {
    const go = () => { video.currentTime = seconds; };
    if (video.readyState > 0) go();
    else video.addEventListener("loadedmetadata", go, { once: true });
  };
  const mark = () => {
    const now = chapters.filter((link) => Number(link.dataset.start) <= video.currentTime + 0.05).at(-1);
    for (const link of chapters) {
      if (link === now) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  for (const link of chapters) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      seek(Number(link.dataset.start));
      video.play().catch(() => {}); // the browser may want another gesture first
    });
  }
  for (const name of ["timeupdate", "seeked", "loadedmetadata"]) video.addEventListener(name, mark);

  const asked = Number(new URLSearchParams(location.search).get("t"));
  if (asked > 0) seek(asked);

  // Our videos have captions painted into their lower part; these go to the top.
  const raise = (track) => {
    for (const cue of track.cues ?? []) cue.line = 1;
  };
  for (const element of document.querySelectorAll("track")) {
    raise(element.track);
    element.addEventListener("load", () => raise(element.track));
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === video) return;
    const keys = {
      k: () => (video.paused ? video.play().catch(() => {}) : video.pause()),
      j: () => { video.currentTime -= 5; },
      l: () => { video.currentTime += 5; },
      c: () => {
        for (const track of video.textTracks) track.mode = track.mode === "showing" ? "hidden" : "showing";
      },
    };
    keys[event.key.toLowerCase()]?.();
  });
}
