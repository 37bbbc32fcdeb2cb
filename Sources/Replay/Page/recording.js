"use strict";

/** Reads numbers written as base64 of zigzag varints of differences (see RecordingEncoder.swift). */
class NumberReader {
  constructor(base64) {
    this.bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    this.at = 0;
  }

  next() {
    let value = 0, scale = 1, byte;
    do {
      byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte & 128);
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  /** `count` numbers, of which differences of order `order` were written, times `unit`. */
  series(count, order, unit) {
    const values = new Float64Array(count), last = new Array(order).fill(0);
    for (let i = 0; i < count; i++) {
      let value = this.next();
      for (let k = order - 1; k >= 0; k--) last[k] = value += last[k];
      values[i] = value * unit;
    }
    return values;
  }
}

/** The road: a reference line in the plane, and lanes beside it. `s` along, `d` to the left, metres. */
class Road {
  constructor(raw) {
    Object.assign(this, { start: raw.start, spacing: raw.spacing, count: raw.samples, lanes: raw.lanes });
    const plane = new NumberReader(raw.plane);
    this.x = plane.series(raw.samples, 2, 0.01);
    this.y = plane.series(raw.samples, 2, 0.01);
    this.heading = plane.series(raw.samples, 2, 1e-6);
    const lanes = new NumberReader(raw.laneData);
    this.centre = [], this.width = [];
    for (let lane = 0; lane < raw.lanes; lane++) {
      this.centre.push(lanes.series(raw.samples, 1, 0.01));
      this.width.push(lanes.series(raw.samples, 1, 0.01));
    }
  }

  get end() { return this.start + this.spacing * (this.count - 1); }

  /** The point at (`s`, `d`) and the road's heading there: cubics between samples, straight beyond. */
  place(s, d) {
    const position = (s - this.start) / this.spacing;
    let x, y, tx, ty;
    if (position <= 0 || position >= this.count - 1) {
      const i = position <= 0 ? 0 : this.count - 1, beyond = (position - i) * this.spacing;
      tx = Math.cos(this.heading[i]), ty = Math.sin(this.heading[i]);
      x = this.x[i] + beyond * tx, y = this.y[i] + beyond * ty;
    } else {
      const i = Math.floor(position), t = position - i, h = this.heading;
      [x, tx] = this.cubic(t, this.x[i], this.x[i + 1], Math.cos(h[i]), Math.cos(h[i + 1]));
      [y, ty] = this.cubic(t, this.y[i], this.y[i + 1], Math.sin(h[i]), Math.sin(h[i + 1]));
      const length = Math.hypot(tx, ty);
      tx /= length, ty /= length;
    }
    return { x: x - d * ty, y: y + d * tx, heading: Math.atan2(ty, tx) };
  }

  cubic(t, a, b, u, v) {
    const m = u * this.spacing, n = v * this.spacing;
    const second = 3 * (b - a) - 2 * m - n, third = m + n - 2 * (b - a);
    return [a + t * (m + t * (second + t * third)), m + t * (2 * second + 3 * t * third)];
  }

  /** Offsets of the lane lines at `s`, from the left. */
  lines(s) {
    const position = Math.min(Math.max((s - this.start) / this.spacing, 0), this.count - 1);
    const i = Math.min(Math.floor(position), this.count - 2), t = position - i, lines = [];
    for (let lane = 0; lane < this.lanes; lane++) {
      const mix = (a) => a[lane][i] + t * (a[lane][i + 1] - a[lane][i]);
      const centre = mix(this.centre), width = mix(this.width);
      if (width < 0.05) continue;
      if (!lines.length) lines.push(centre + width / 2);
      lines.push(centre - width / 2);
    }
    return lines;
  }

  /** The lane whose centre is nearest, 0 the leftmost. */
  laneAt(s, d) {
    const i = Math.round(Math.min(Math.max((s - this.start) / this.spacing, 0), this.count - 1));
    let best = 0, least = Infinity;
    for (let lane = 0; lane < this.lanes; lane++) {
      const distance = Math.abs(d - this.centre[lane][i]);
      if (this.width[lane][i] > 0 && distance < least) least = distance, best = lane;
    }
    return best;
  }

  /** `s` of the sample nearest to a point of the plane. */
  nearest(x, y) {
    let best = 0, least = Infinity;
    for (let i = 0; i < this.count; i++) {
      const distance = (x - this.x[i]) ** 2 + (y - this.y[i]) ** 2;
      if (distance < least) least = distance, best = i;
    }
    return this.start + best * this.spacing;
  }
}

/** One vehicle: its states at the frames from `first` on. */
class Agent {
  constructor(raw, frameSeconds) {
    Object.assign(this, { id: raw.id, kind: raw.kind, length: raw.length, width: raw.width, isEgo: raw.id === 0 });
    Object.assign(this, { first: raw.first, count: raw.count });
    this.name = this.isEgo ? "Ego" : `${raw.kind[0].toUpperCase()}${raw.kind.slice(1)} ${raw.id}`;
    const data = new NumberReader(raw.data);
    this.s = data.series(raw.count, 2, 0.01);
    this.d = data.series(raw.count, 1, 0.01);
    this.heading = data.series(raw.count, 1, 1e-4);
    this.speed = data.series(raw.count, 1, 0.001);
    this.acceleration = this.speed.map((v, i, all) => {
      const at = i || Math.min(1, all.length - 1);
      return at ? (all[at] - all[at - 1]) / frameSeconds : 0;
    });
  }

  isThere(frame) { return frame >= this.first && frame <= this.first + this.count - 1; }

  /** The state at a frame, which may lie between two; null where the vehicle isn't there. */
  at(frame) {
    const position = frame - this.first;
    if (position < 0 || position > this.count - 1) return null;
    const i = Math.floor(position), t = position - i, j = Math.min(i + 1, this.count - 1);
    const mix = (a) => a[i] + t * (a[j] - a[i]);
    const acceleration = this.acceleration[i], speed = mix(this.speed);
    return {
      s: mix(this.s), d: mix(this.d), heading: mix(this.heading), speed, acceleration,
      brakes: acceleration <= -0.7 || speed < 0.3,
    };
  }
}

/** A rollout as the page shows it. Frames are the stored steps, counted from 0. */
class Recording {
  constructor(raw) {
    Object.assign(this, { raw, frames: raw.frames, frameSeconds: raw.frameSeconds, firstSeconds: raw.firstSeconds });
    this.road = new Road(raw.road);
    this.agents = raw.agents.map((agent) => new Agent(agent, raw.frameSeconds));
    this.ego = this.agents[0];
    const none = (offset, unit) => (value) => (value === 0 ? NaN : (value - offset) * unit);
    this.gap = new NumberReader(raw.gaps).series(raw.frames, 1, 1).map(none(1001, 0.01));
    this.ttc = new NumberReader(raw.timesToCollision).series(raw.frames, 1, 1).map(none(1, 0.01));
    this.leader = new NumberReader(raw.leaders).series(raw.frames, 1, 1).map((value) => value - 1);
    this.events = raw.events;
  }

  seconds(frame) { return this.firstSeconds + frame * this.frameSeconds; }
  frame(seconds) { return (seconds - this.firstSeconds) / this.frameSeconds; }
  get last() { return this.frames - 1; }

  /** The vehicle ahead in the same lane and the gap to it, as the pictures show it. */
  ahead(agent, frame) {
    const own = agent.at(frame);
    if (!own) return null;
    const lane = this.road.laneAt(own.s, own.d);
    let best = null;
    for (const other of this.agents) {
      const state = other === agent ? null : other.at(frame);
      if (!state || state.s <= own.s || this.road.laneAt(state.s, state.d) !== lane) continue;
      if (!best || state.s < best.state.s) best = { agent: other, state };
    }
    if (!best) return null;
    return { ...best, gap: best.state.s - own.s - (best.agent.length + agent.length) / 2 };
  }
}
