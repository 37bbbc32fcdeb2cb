"use strict";

/** The bird's-eye view. In a wide stage the road runs to the right, in a tall one upwards. */
class Scene {
  constructor(canvas, recording) {
    Object.assign(this, { canvas, recording, road: recording.road, context: canvas.getContext("2d") });
    Object.assign(this, { follow: true, selected: recording.ego, hovered: null, zoom: 0, scale: 1 });
    this.camera = { x: 0, y: 0, angle: 0 };
    this.resize();
  }

  resize() {
    const box = this.canvas.getBoundingClientRect();
    this.scale = window.devicePixelRatio || 1;
    this.width = Math.max(box.width, 1), this.height = Math.max(box.height, 1);
    this.canvas.width = Math.round(this.width * this.scale);
    this.canvas.height = Math.round(this.height * this.scale);
    const wasTall = this.isTall;
    this.isTall = this.height > this.width * 0.9;
    // Pixels a metre: 105 m of road in a wide stage, 70 m in a tall one.
    if (!this.zoom || wasTall !== this.isTall) this.zoom = this.isTall ? this.height / 70 : this.width / 105;
  }

  get anchor() {
    return this.isTall ? { x: this.width / 2, y: this.height * 0.66 } : { x: this.width * 0.4, y: this.height / 2 };
  }

  zoomBy(factor, at) {
    const before = at && !this.follow ? this.unproject(at.x, at.y) : null;
    this.zoom = Math.min(Math.max(this.zoom * factor, 0.4), 60);
    if (!before) return;
    const after = this.unproject(at.x, at.y);
    this.camera.x += before.x - after.x, this.camera.y += before.y - after.y;
  }

  panBy(dx, dy) {
    this.follow = false;
    const a = this.unproject(0, 0), b = this.unproject(dx, dy);
    this.camera.x += a.x - b.x, this.camera.y += a.y - b.y;
  }

  project(x, y) {
    const { camera, anchor, zoom } = this, c = Math.cos(camera.angle), s = Math.sin(camera.angle);
    const along = (x - camera.x) * c + (y - camera.y) * s, left = (y - camera.y) * c - (x - camera.x) * s;
    return this.isTall
      ? { x: anchor.x - left * zoom, y: anchor.y - along * zoom }
      : { x: anchor.x + along * zoom, y: anchor.y - left * zoom };
  }

  unproject(px, py) {
    const { camera, anchor, zoom } = this, c = Math.cos(camera.angle), s = Math.sin(camera.angle);
    const along = (this.isTall ? anchor.y - py : px - anchor.x) / zoom;
    const left = (this.isTall ? anchor.x - px : anchor.y - py) / zoom;
    return { x: camera.x + along * c - left * s, y: camera.y + along * s + left * c };
  }

  point(s, d) {
    const place = this.road.place(s, d);
    return this.project(place.x, place.y);
  }

  /** The vehicle at a point of the stage, with a finger's breadth of tolerance. */
  pick(px, py, frame, tolerance = 10) {
    let best = null, least = tolerance;
    for (const agent of this.recording.agents) {
      const state = agent.at(frame);
      if (!state) continue;
      const at = this.point(state.s, state.d);
      const along = this.isTall ? at.y - py : px - at.x, across = this.isTall ? px - at.x : py - at.y;
      const distance = Math.max(
        Math.abs(along) - (agent.length / 2) * this.zoom, Math.abs(across) - (agent.width / 2) * this.zoom);
      if (distance < least) least = distance, best = agent;
    }
    return best;
  }

  draw(frame, colours) {
    const { context: g, recording, road } = this, ego = recording.ego.at(frame);
    this.colours = colours;
    if (this.follow && ego) {
      const place = road.place(ego.s, ego.d);
      this.camera = { x: place.x, y: place.y, angle: place.heading };
    }
    g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    g.fillStyle = colours.ground;
    g.fillRect(0, 0, this.width, this.height);
    const centre = this.follow && ego ? ego.s : road.nearest(this.camera.x, this.camera.y);
    this.drawRoad(centre);
    if (ego) this.drawTrail(frame);
    if (ego) this.drawGap(frame, ego);
    for (const agent of recording.agents) {
      const state = agent.at(frame);
      if (state) this.drawAgent(agent, state);
    }
    this.drawEnding(frame);
    this.drawScaleBar();
  }

  drawRoad(centre) {
    const { context: g, road, zoom, colours } = this;
    const reach = Math.hypot(this.width, this.height) / zoom + 24;
    const from = Math.max(Math.floor((centre - reach) / 12) * 12, Math.floor(road.start / 12) * 12);
    const to = Math.min(centre + reach, road.end), step = zoom > 3 ? 6 : zoom > 1 ? 12 : 24;
    const stretch = [];
    for (let s = from; s <= to + step; s += step) stretch.push([s, road.lines(s)]);
    if (stretch.length < 2) return;
    const band = (margin, fill) => {
      g.beginPath();
      for (const [s, lines] of stretch) this.lineTo(s, lines[0] + margin);
      for (const [s, lines] of [...stretch].reverse()) this.lineTo(s, lines[lines.length - 1] - margin);
      g.closePath();
      g.fillStyle = fill;
      g.fill();
    };
    band(2.6, colours.shoulder);
    band(0.35, colours.asphalt);
    const most = Math.max(...stretch.map(([, lines]) => lines.length));
    for (let line = 0; line < most; line++) {
      const isEdge = line === 0 || line === most - 1;
      g.setLineDash(isEdge ? [] : [3 * zoom, 9 * zoom]);
      g.strokeStyle = isEdge ? colours.edge : colours.marking;
      g.lineWidth = Math.max((isEdge ? 0.2 : 0.15) * zoom, isEdge ? 1 : 0.6);
      g.beginPath();
      for (const [s, lines] of stretch) if (line < lines.length) this.lineTo(s, lines[line]);
      g.stroke();
    }
    g.setLineDash([]);
    this.drawPosts(from, to);
  }

  lineTo(s, d) {
    const at = this.point(s, d);
    this.context.lineTo(at.x, at.y);
  }

  /** A post with the distance along the road every 50 m, so that motion shows. */
  drawPosts(from, to) {
    const { context: g, zoom, colours } = this, every = zoom > 2.5 ? 50 : zoom > 1 ? 100 : 500;
    g.fillStyle = colours.faint;
    g.font = "500 11px system-ui, sans-serif";
    g.textAlign = "center", g.textBaseline = "middle";
    for (let s = Math.ceil(from / every) * every; s <= to; s += every) {
      const lines = this.road.lines(s), edge = lines[lines.length - 1];
      const post = this.point(s, edge - 1.4), label = this.point(s, edge - 2.6 - 14 / zoom);
      g.fillRect(post.x - 1.5, post.y - 1.5, 3, 3);
      g.fillText(`${s} m`, label.x + (this.isTall ? 12 : 0), label.y);
    }
  }

  /** Where the ego has been in the last seconds. */
  drawTrail(frame) {
    const { context: g, recording, colours } = this, ego = recording.ego;
    const from = Math.max(ego.first, frame - 4 / recording.frameSeconds), steps = 24;
    g.strokeStyle = colours.ego;
    g.lineWidth = Math.max(0.35 * this.zoom, 1.5);
    for (let i = 0; i < steps; i++) {
      const a = ego.at(from + ((frame - from) * i) / steps), b = ego.at(from + ((frame - from) * (i + 1)) / steps);
      if (!a || !b) continue;
      g.globalAlpha = (0.3 * i) / steps;
      g.beginPath();
      this.lineTo(a.s, a.d), this.lineTo(b.s, b.d);
      g.stroke();
    }
    g.globalAlpha = 1;
  }

  /** The gap to the vehicle ahead of the ego, as a measuring line. */
  drawGap(frame, ego) {
    const { context: g, recording, colours } = this, i = Math.floor(frame);
    const leader = recording.agents[recording.leader[i]], state = leader && leader.at(frame);
    if (!state || !(recording.gap[i] > 0.5)) return;
    const isClose = recording.ttc[i] < 1.5;
    const front = ego.s + recording.ego.length / 2, rear = state.s - leader.length / 2;
    const a = this.point(front, ego.d), b = this.point(rear, state.d);
    g.strokeStyle = g.fillStyle = isClose ? colours.warn : colours.measure;
    g.lineWidth = isClose ? 2.5 : 1.25;
    g.setLineDash(isClose ? [] : [4, 4]);
    g.beginPath();
    this.lineTo(front, ego.d), this.lineTo(rear, state.d);
    g.stroke();
    g.setLineDash([]);
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    if (length < 64) return;
    const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    this.label(`${recording.gap[i].toFixed(0)} m`, middle.x, middle.y, g.strokeStyle);
  }

  drawAgent(agent, state) {
    const { context: g, colours } = this, place = this.road.place(state.s, state.d);
    const at = this.project(place.x, place.y);
    const length = Math.max(agent.length * this.zoom, 5), width = Math.max(agent.width * this.zoom, 3);
    const margin = length + 30;
    if (at.x < -margin || at.y < -margin || at.x > this.width + margin || at.y > this.height + margin) return;
    const turn = place.heading + state.heading - this.camera.angle;
    g.save();
    g.translate(at.x, at.y);
    g.rotate(-turn - (this.isTall ? Math.PI / 2 : 0));
    const isSelected = agent === this.selected && !agent.isEgo;
    if (isSelected || agent === this.hovered) this.drawRing(length, width, isSelected);
    drawVehicle(g, agent, length, width, agent.isEgo ? colours.ego : colours.traffic, colours);
    if (state.brakes) drawBrakeLights(g, length, width, colours);
    g.restore();
    if (isSelected) {
      const above = (this.isTall ? length : width) / 2 + 14;
      this.label(agent.name, at.x, at.y - above, colours.select);
    }
  }

  drawRing(length, width, isSelected) {
    const { context: g, colours } = this;
    g.strokeStyle = isSelected ? colours.select : colours.faint;
    g.lineWidth = 2;
    g.beginPath();
    g.roundRect(-length / 2 - 5, -width / 2 - 5, length + 10, width + 10, 8);
    g.stroke();
  }

  /** A cross where the rollout ended. */
  drawEnding(frame) {
    const { recording, context: g, colours } = this, ending = recording.events.find((e) => e.kind === "ending");
    if (!ending || frame < ending.frame - 0.5) return;
    const ego = recording.ego.at(ending.frame), partner = recording.agents[ending.agents[1]];
    const other = partner && partner.at(ending.frame);
    const at = other ? this.point((ego.s + other.s) / 2, (ego.d + other.d) / 2) : this.point(ego.s, ego.d);
    const size = 13;
    for (const [colour, line] of [[colours.halo, 8], [colours.warn, 4]]) {
      g.strokeStyle = colour, g.lineWidth = line, g.lineCap = "round";
      g.beginPath();
      g.moveTo(at.x - size, at.y - size), g.lineTo(at.x + size, at.y + size);
      g.moveTo(at.x + size, at.y - size), g.lineTo(at.x - size, at.y + size);
      g.stroke();
    }
    g.lineCap = "butt";
  }

  drawScaleBar() {
    const { context: g, colours } = this;
    const metres = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((m) => m * this.zoom >= 56) || 1000;
    const right = this.width - 16, y = this.height - 16, left = right - metres * this.zoom;
    g.strokeStyle = g.fillStyle = colours.muted;
    g.lineWidth = 1.5;
    g.beginPath();
    g.moveTo(left, y - 4), g.lineTo(left, y), g.lineTo(right, y), g.lineTo(right, y - 4);
    g.stroke();
    g.font = "500 11px system-ui, sans-serif";
    g.textAlign = "center", g.textBaseline = "alphabetic";
    g.fillText(`${metres} m`, (left + right) / 2, y - 6);
  }

  label(text, x, y, colour) {
    const { context: g, colours } = this;
    g.font = "600 12px system-ui, sans-serif";
    g.textAlign = "center", g.textBaseline = "middle";
    const width = g.measureText(text).width + 12;
    g.fillStyle = colours.card;
    g.beginPath();
    g.roundRect(x - width / 2, y - 10, width, 20, 10);
    g.fill();
    g.fillStyle = colour;
    g.fillText(text, x, y + 0.5);
  }
}

/** A vehicle from above, its front to the right. Kinds differ in shape, not in colour alone. */
function drawVehicle(g, agent, length, width, colour, colours) {
  const box = (x, w, inset, radius) => {
    g.beginPath();
    g.roundRect(x, -width / 2 + inset, w, width - 2 * inset, Math.max(radius, 0));
    g.fill();
  };
  const isFine = width > 7, radius = Math.min(width * 0.28, 8);
  g.fillStyle = colour;
  if (agent.kind === "truck") {
    const cab = Math.min(width * 0.95, length * 0.3);
    box(-length / 2, length - cab - (isFine ? 1.5 : 0), 0, radius * 0.35);
    box(length / 2 - cab, cab, width * 0.03, radius * 0.7);
    if (!isFine) return;
    g.fillStyle = colours.glass;
    box(length / 2 - cab * 0.42, cab * 0.24, width * 0.14, 2);
    g.strokeStyle = colours.glass, g.lineWidth = 1;
    g.globalAlpha = 0.5;
    for (let x = -length / 2 + width * 0.6; x < length / 2 - cab - 4; x += width * 0.6) {
      g.beginPath(), g.moveTo(x, -width / 2 + 2), g.lineTo(x, width / 2 - 2), g.stroke();
    }
    g.globalAlpha = 1;
  } else if (agent.kind === "motorcycle") {
    box(-length / 2, length, width * 0.28, width / 2);
    g.beginPath();
    g.ellipse(-length * 0.06, 0, length * 0.14, width * 0.5, 0, 0, 2 * Math.PI);
    g.fill();
    if (!isFine) return;
    g.fillStyle = colours.glass;
    g.beginPath(), g.arc(-length * 0.04, 0, width * 0.2, 0, 2 * Math.PI), g.fill();
  } else {
    box(-length / 2, length, 0, radius);
    if (!isFine) return;
    g.fillStyle = colours.glass;
    box(length * 0.09, length * 0.15, width * 0.13, radius * 0.5);
    box(-length * 0.38, length * 0.1, width * 0.16, radius * 0.4);
  }
}

/** Bars that stand out behind the body: told by their shape as well as by their colour. */
function drawBrakeLights(g, length, width, colours) {
  const depth = Math.max(length * 0.07, 2.5), size = Math.max(width * 0.3, 2);
  g.fillStyle = colours.brake;
  if (width > 7) g.shadowColor = colours.brake, g.shadowBlur = 10;
  g.fillRect(-length / 2 - depth * 0.6, -width / 2, depth, size);
  g.fillRect(-length / 2 - depth * 0.6, width / 2 - size, depth, size);
  g.shadowBlur = 0;
}
