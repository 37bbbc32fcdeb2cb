"use strict";

const $ = (selector) => document.querySelector(selector);

const eventShapes = {
  "hard-brake": ["▼", "hard braking"], "lane-change": ["◆", "lane change"], "near-miss": ["▲", "near miss"],
  "road-edge": ["▮", "edge of the road"], "model-fault": ["◇", "fault of the world model"],
  ending: ["✕", "end of the rollout"],
};

/** The page's state: where we are in time, how fast we go, and who is looked at. */
class Player {
  constructor(recording) {
    this.recording = recording;
    this.scene = new Scene($("#stage"), recording);
    this.charts = new Charts($("#charts"), recording, (frame) => this.seek(frame));
    this.isPlaying = false;
    this.speed = 1;
    this.frame = this.firstFrame();
    this.fill();
    this.listen();
    this.restyle();
  }

  /** Some seconds before a rollout's bad end, else its beginning, or the time that the address names. */
  firstFrame() {
    const { recording } = this, wanted = /[#&]t=([\d.]+)/.exec(location.hash);
    if (wanted) return this.clamped(recording.frame(Number(wanted[1])));
    const ending = recording.events.find((event) => event.kind === "ending");
    return ending ? this.clamped(ending.frame - 8 / recording.frameSeconds) : 0;
  }

  clamped(frame) { return Math.min(Math.max(frame, 0), this.recording.last); }

  /* What the page says. */

  fill() {
    const { recording } = this;
    $("#scrub").max = recording.last;
    $("#total").textContent = clock(recording.seconds(recording.last));
    const marks = $("#marks"), list = $("#events");
    recording.events.forEach((event, index) => {
      const [shape, kind] = eventShapes[event.kind] || ["●", event.kind];
      const jump = (element) => {
        element.addEventListener("click", () => this.jumpTo(index));
        element.dataset.event = index, element.dataset.kind = event.kind;
        return element;
      };
      const mark = jump(make("button", { className: "mark", textContent: shape }));
      mark.style.left = `${(event.frame / Math.max(recording.last, 1)) * 100}%`;
      mark.title = `${clock(recording.seconds(event.frame))} ${event.text}`;
      mark.setAttribute("aria-label", `${kind} at ${clock(recording.seconds(event.frame))}: ${event.text}`);
      mark.tabIndex = -1;
      marks.append(mark);
      const row = jump(make("button", { className: "event" }));
      row.append(
        make("span", { className: "shape", textContent: shape }),
        make("span", { className: "when", textContent: clock(recording.seconds(event.frame)) }),
        make("span", { textContent: event.text }));
      const item = make("li", {});
      item.append(row);
      list.append(item);
    });
    $("#no-events").hidden = recording.events.length > 0;
  }

  /* What people do. */

  listen() {
    const on = (selector, type, action) => $(selector).addEventListener(type, action);
    on("#play", "click", () => this.toggle());
    on("#back", "click", () => this.step(-1));
    on("#forward", "click", () => this.step(1));
    on("#previous", "click", () => this.jumpBy(-1));
    on("#next", "click", () => this.jumpBy(1));
    on("#scrub", "input", (event) => this.seek(Number(event.target.value)));
    on("#speed", "change", (event) => { this.speed = Number(event.target.value); });
    on("#follow", "click", () => this.setFollow(!this.scene.follow));
    on("#zoom-in", "click", () => this.zoom(1.3));
    on("#zoom-out", "click", () => this.zoom(1 / 1.3));
    on("#theme", "click", () => this.switchTheme());
    on("#help", "click", () => $("#keys").showModal());
    on("#copy", "click", () => this.copyCommand());
    document.addEventListener("keydown", (event) => this.key(event));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.restyle());
    new ResizeObserver(() => {
      this.scene.resize(), this.charts.resize();
      this.repaint();
    }).observe($("main"));
    this.listenToPointer($("#stage"));
  }

  listenToPointer(stage) {
    const pointers = new Map();
    let moved = 0, spread = 0;
    const at = (event) => {
      const box = stage.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    stage.addEventListener("pointerdown", (event) => {
      stage.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, at(event));
      moved = pointers.size > 1 ? 100 : 0, spread = 0;
    });
    stage.addEventListener("pointermove", (event) => {
      const now = at(event), before = pointers.get(event.pointerId);
      if (!before) {
        const hovered = this.scene.pick(now.x, now.y, this.frame);
        stage.style.cursor = hovered ? "pointer" : "grab";
        if (hovered !== this.scene.hovered) this.scene.hovered = hovered, this.draw();
        return;
      }
      pointers.set(event.pointerId, now);
      moved += Math.hypot(now.x - before.x, now.y - before.y);
      if (pointers.size === 2) {
        const [a, b] = [...pointers.values()], distance = Math.hypot(a.x - b.x, a.y - b.y);
        if (spread) this.zoom(distance / spread, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
        spread = distance;
      } else if (moved > 6) {
        this.scene.panBy(now.x - before.x, now.y - before.y);
        this.showFollow(), this.draw();
      }
    });
    const release = (event) => {
      const now = pointers.get(event.pointerId);
      pointers.delete(event.pointerId);
      if (now && moved <= 6 && event.type === "pointerup") {
        const isTouch = event.pointerType === "touch";
        this.select(this.scene.pick(now.x, now.y, this.frame, isTouch ? 22 : 10) || this.recording.ego);
      }
    };
    stage.addEventListener("pointerup", release);
    stage.addEventListener("pointercancel", release);
    stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * 0.0015), at(event));
    }, { passive: false });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "SELECT") return;
    if (event.key === " " && event.target.tagName === "BUTTON") return;
    const second = Math.max(1, Math.round(1 / this.recording.frameSeconds));
    const actions = {
      " ": () => this.toggle(), k: () => this.toggle(),
      ArrowLeft: () => this.step(event.shiftKey ? -second : -1),
      ArrowRight: () => this.step(event.shiftKey ? second : 1),
      Home: () => this.seek(0), End: () => this.seek(this.recording.last),
      ArrowUp: () => this.zoom(1.3), "+": () => this.zoom(1.3), "=": () => this.zoom(1.3),
      ArrowDown: () => this.zoom(1 / 1.3), "-": () => this.zoom(1 / 1.3),
      ",": () => this.changeSpeed(-1), ".": () => this.changeSpeed(1),
      n: () => this.jumpBy(1), p: () => this.jumpBy(-1),
      "]": () => this.selectBy(1), "[": () => this.selectBy(-1), Escape: () => this.select(this.recording.ego),
      f: () => this.setFollow(!this.scene.follow), t: () => this.switchTheme(),
      "?": () => $("#keys").showModal(),
    };
    const action = actions[event.key];
    if (!action || $("#keys").open) return;
    event.preventDefault();
    action();
  }

  toggle() {
    if (!this.isPlaying && this.frame >= this.recording.last) this.frame = 0;
    this.isPlaying = !this.isPlaying;
    this.before = performance.now();
    $("#play").setAttribute("aria-pressed", this.isPlaying);
    $("#play").setAttribute("aria-label", this.isPlaying ? "Pause" : "Play");
    document.body.classList.toggle("playing", this.isPlaying);
    if (this.isPlaying) requestAnimationFrame((now) => this.advance(now));
  }

  advance(now) {
    if (!this.isPlaying) return;
    // A page that was hidden must not jump ahead when it comes back.
    const elapsed = Math.min(Math.max(now - this.before, 0), 250) / 1000;
    this.before = now;
    this.frame = this.clamped(this.frame + (elapsed * this.speed) / this.recording.frameSeconds);
    this.draw();
    if (this.frame >= this.recording.last) this.toggle();
    else requestAnimationFrame((next) => this.advance(next));
  }

  seek(frame) {
    this.frame = this.clamped(frame);
    this.draw();
  }

  step(count) {
    if (this.isPlaying) this.toggle();
    this.seek(Math.round(this.frame) + count);
  }

  /** To an event, and to the other vehicle that it is about. */
  jumpTo(index) {
    const event = this.recording.events[index];
    const other = event.agents.find((agent) => agent !== 0);
    if (other !== undefined) this.select(this.recording.agents[other]);
    this.seek(event.frame);
  }

  jumpBy(direction) {
    const { events } = this.recording, now = this.frame;
    const index = direction > 0
      ? events.findIndex((event) => event.frame > now + 1e-6)
      : events.findLastIndex((event) => event.frame < now - 1e-6);
    if (index >= 0) this.jumpTo(index);
  }

  zoom(factor, at) {
    this.scene.zoomBy(factor, at);
    this.draw();
  }

  changeSpeed(by) {
    const select = $("#speed");
    select.selectedIndex = Math.min(Math.max(select.selectedIndex + by, 0), select.options.length - 1);
    this.speed = Number(select.value);
  }

  setFollow(follow) {
    this.scene.follow = follow;
    this.showFollow(), this.draw();
  }

  showFollow() { $("#follow").setAttribute("aria-pressed", this.scene.follow); }

  select(agent) {
    this.scene.selected = agent;
    this.repaint();
  }

  /** The next vehicle along the road, for those without a pointer. */
  selectBy(direction) {
    const there = this.recording.agents.filter((agent) => agent.at(this.frame))
      .sort((a, b) => a.at(this.frame).s - b.at(this.frame).s);
    const index = there.indexOf(this.scene.selected);
    this.select(there[(index + direction + there.length) % there.length] || this.recording.ego);
  }

  switchTheme() {
    const isDark = getComputedStyle(document.documentElement).colorScheme.includes("dark");
    document.documentElement.dataset.theme = isDark ? "light" : "dark";
    this.restyle();
  }

  async copyCommand() {
    try {
      await navigator.clipboard.writeText($("#command").textContent);
      $("#copy").textContent = "Copied";
    } catch {
      getSelection().selectAllChildren($("#command"));
      $("#copy").textContent = "Selected";
    }
    setTimeout(() => { $("#copy").textContent = "Copy"; }, 1500);
  }

  /* What the page shows. */

  restyle() {
    const style = getComputedStyle(document.documentElement), names = [
      "ink", "muted", "faint", "line", "card", "ground", "shoulder", "asphalt", "edge", "marking", "traffic",
      "glass", "ego", "brake", "warn", "danger", "select", "measure", "halo"];
    this.colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    drawLegend(this.colours);
    this.scene.resize(), this.charts.resize();
    this.repaint();
  }

  repaint() {
    this.charts.paint(this.scene.selected, this.colours);
    this.draw();
  }

  draw() {
    const { recording, frame } = this, i = Math.round(frame);
    this.scene.draw(frame, this.colours);
    this.charts.draw(frame);
    $("#scrub").value = frame;
    const time = clock(recording.seconds(frame));
    setText("#time", time);
    $("#scrub").setAttribute("aria-valuetext", time);
    const ego = recording.ego.at(frame);
    setText("#ego-speed", ego ? (ego.speed * 3.6).toFixed(0) : "–");
    setText("#ego-ms", ego ? `${ego.speed.toFixed(1)} m/s` : "");
    setText("#ego-gap", Number.isNaN(recording.gap[i]) ? "–" : `${recording.gap[i].toFixed(1)} m`);
    setText("#ego-ttc", Number.isNaN(recording.ttc[i]) ? "–" : `${recording.ttc[i].toFixed(1)} s`);
    $("#ego-ttc").classList.toggle("close", recording.ttc[i] < 1.5);
    this.showAgent();
    this.markEvents(frame + 1e-6);
  }

  showAgent() {
    const { recording, scene, frame } = this, agent = scene.selected, state = agent.at(frame);
    setText("#agent-name", agent.name);
    setText("#agent-gone", state ? "" : "not on the road at this moment");
    const ahead = state && recording.ahead(agent, frame), ego = recording.ego.at(frame);
    const facts = {
      kind: `${agent.kind}, ${agent.length.toFixed(1)} × ${agent.width.toFixed(1)} m`,
      lane: state && `${recording.road.laneAt(state.s, state.d) + 1} of ${recording.road.lanes} from the left`,
      speed: state && `${state.speed.toFixed(1)} m/s · ${(state.speed * 3.6).toFixed(0)} km/h`,
      acceleration: state && `${signed(state.acceleration)} m/s²`,
      brakes: state && (state.brakes ? "lit" : "dark"),
      ahead: state && (ahead ? `${ahead.agent.name}, ${ahead.gap.toFixed(1)} m` : "nobody"),
      place: state && ego && (agent.isEgo
        ? `${state.s.toFixed(0)} m along the road`
        : `${Math.abs(state.s - ego.s).toFixed(1)} m ${state.s > ego.s ? "ahead of" : "behind"} the ego`),
    };
    for (const [name, text] of Object.entries(facts)) setText(`#agent-${name}`, text || "–");
  }

  /** Marks the newest event that has happened. */
  markEvents(now) {
    const current = this.recording.events.findLastIndex((event) => event.frame <= now);
    if (current === this.current) return;
    this.current = current;
    for (const element of document.querySelectorAll("[data-event]")) {
      const index = Number(element.dataset.event);
      element.classList.toggle("current", index === current);
      element.classList.toggle("past", index < current);
    }
    const row = $(`#events [data-event="${current}"]`);
    if (!row) return;
    // Within the list alone: the page itself must not scroll while it plays.
    const list = $("#events"), top = row.offsetTop - list.offsetTop;
    if (top < list.scrollTop || top + row.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top - 40;
  }
}

/** Small pictures of what the scene shows. */
function drawLegend(colours) {
  for (const canvas of document.querySelectorAll("#legend canvas")) {
    const scale = window.devicePixelRatio || 1, g = canvas.getContext("2d"), kind = canvas.dataset.kind;
    canvas.width = 46 * scale, canvas.height = 18 * scale;
    g.setTransform(scale, 0, 0, scale, 23 * scale, 9 * scale);
    const shape = { truck: [40, 13], motorcycle: [18, 8] }[kind] || [26, 12];
    const agent = { kind: shape[0] === 26 ? "car" : kind };
    drawVehicle(g, agent, ...shape, kind === "ego" ? colours.ego : colours.traffic, colours);
    if (kind === "brakes") drawBrakeLights(g, ...shape, colours);
  }
}

function make(tag, properties) { return Object.assign(document.createElement(tag), properties); }

function setText(selector, text) {
  const element = $(selector);
  if (element.textContent !== text) element.textContent = text;
}

/** 7.4 s as 0:07.4. */
function clock(seconds) {
  const tenths = Math.round(seconds * 10), minutes = Math.floor(tenths / 600);
  return `${minutes}:${String(Math.floor((tenths % 600) / 10)).padStart(2, "0")}.${tenths % 10}`;
}

const recording = new Recording(JSON.parse($("#rollout").textContent));
new Player(recording);
