"use strict";

/** Room for numbers left of the timelines, pixels; `page.css` indents marks and slider by as much. */
const gutter = 30;

/** One timeline: a still picture of the whole rollout, redrawn only when it changes, and a playhead. */
class Chart {
  constructor(figure, recording, settings) {
    Object.assign(this, { recording, settings, canvas: figure.querySelector("canvas") });
    this.value = figure.querySelector("output");
    this.context = this.canvas.getContext("2d");
    this.still = document.createElement("canvas");
  }

  resize() {
    const box = this.canvas.getBoundingClientRect();
    this.scale = window.devicePixelRatio || 1;
    this.width = Math.max(box.width, 1), this.height = Math.max(box.height, 1);
    for (const canvas of [this.canvas, this.still]) {
      canvas.width = Math.round(this.width * this.scale);
      canvas.height = Math.round(this.height * this.scale);
    }
  }

  get span() { return this.width - gutter - 1; }
  x(frame) { return gutter + (frame / Math.max(this.recording.last, 1)) * this.span; }
  frame(x) { return Math.min(Math.max(((x - gutter) / this.span) * this.recording.last, 0), this.recording.last); }

  y(value) {
    const { low, high } = this.settings, share = (value - low) / (high - low);
    return this.height - 3 - Math.min(Math.max(share, 0), 1) * (this.height - 6);
  }

  /** Draws everything but the playhead. `lines`: {values, first, colour, width}, the most important last. */
  paint(lines, colours) {
    const g = this.still.getContext("2d"), { settings } = this;
    this.colours = colours;
    g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    g.clearRect(0, 0, this.width, this.height);
    g.font = "500 10px system-ui, sans-serif";
    g.lineWidth = 1;
    for (const tick of settings.ticks) {
      const y = Math.round(this.y(tick)) + 0.5;
      g.strokeStyle = colours.line;
      g.beginPath(), g.moveTo(gutter, y), g.lineTo(this.width, y), g.stroke();
      g.fillStyle = colours.muted;
      g.textAlign = "right", g.textBaseline = "middle";
      g.fillText(String(tick).replace("-", "−"), gutter - 7, Math.min(Math.max(y, 5), this.height - 5));
    }
    if (settings.limit !== undefined) this.shadeBeyondLimit(g);
    for (const event of this.recording.events) {
      g.strokeStyle = event.kind === "ending" ? colours.warn : colours.faint;
      g.globalAlpha = event.kind === "ending" ? 1 : 0.55;
      const x = Math.min(Math.round(this.x(event.frame)) + 0.5, this.width - 0.5);
      g.beginPath(), g.moveTo(x, 0), g.lineTo(x, this.height), g.stroke();
      g.globalAlpha = 1;
    }
    for (const line of lines) this.paintLine(g, line);
  }

  /** The side of the limit that is dangerous. */
  shadeBeyondLimit(g) {
    const { limit } = this.settings, y = this.y(limit);
    g.fillStyle = this.colours.danger;
    g.fillRect(gutter, y, this.width - gutter, this.height - y);
    g.strokeStyle = this.colours.warn, g.setLineDash([3, 3]);
    g.beginPath(), g.moveTo(gutter, y), g.lineTo(this.width, y), g.stroke();
    g.setLineDash([]);
  }

  paintLine(g, { values, first = 0, colour, width = 1.75 }) {
    g.strokeStyle = colour, g.lineWidth = width, g.lineJoin = "round";
    g.beginPath();
    const perPixel = Math.max(1, Math.floor(values.length / (this.span * 2)));
    let isDown = false;
    for (let i = 0; i < values.length; i += perPixel) {
      // Of the values that share half a pixel, the lowest: dips are what one looks for.
      let value = values[i];
      for (let k = i + 1; k < Math.min(i + perPixel, values.length); k++) if (values[k] < value) value = values[k];
      if (Number.isNaN(value)) { isDown = false; continue; }
      const x = this.x(first + i), y = this.y(value);
      if (isDown) g.lineTo(x, y); else g.moveTo(x, y);
      isDown = true;
    }
    g.stroke();
  }

  draw(frame, text) {
    const g = this.context;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, this.canvas.width, this.canvas.height);
    g.drawImage(this.still, 0, 0);
    g.fillStyle = this.colours.ink;
    const x = this.x(frame);
    g.fillRect((x - 0.75) * this.scale, 0, 1.5 * this.scale, this.canvas.height);
    if (this.value.textContent !== text) this.value.textContent = text;
  }
}

/** The four timelines, and the marks of the events above them. */
class Charts {
  constructor(root, recording, onSeek) {
    this.recording = recording;
    const ego = recording.ego, top = Math.max(10, Math.ceil(Math.max(...sampled(ego.speed)) / 10) * 10);
    const gaps = sampled(recording.gap).filter((gap) => !Number.isNaN(gap));
    const widest = gaps.length && Math.max(...gaps) > 50 ? 100 : 50;
    const settings = {
      speed: { low: 0, high: top, ticks: [0, top / 2, top] },
      acceleration: { low: -8, high: 4, ticks: [-6, -3, 0], limit: -3 },
      gap: { low: 0, high: widest, ticks: [0, widest / 2, widest] },
      ttc: { low: 0, high: 10, ticks: [0, 5, 10], limit: 1.5 },
    };
    this.charts = {};
    for (const name of Object.keys(settings)) {
      const figure = root.querySelector(`[data-chart=${name}]`);
      const chart = (this.charts[name] = new Chart(figure, recording, settings[name]));
      const seek = (event) => onSeek(chart.frame(event.clientX - chart.canvas.getBoundingClientRect().left));
      chart.canvas.addEventListener("pointerdown", (event) => {
        chart.canvas.setPointerCapture(event.pointerId);
        seek(event);
      });
      chart.canvas.addEventListener("pointermove", (event) => { if (event.buttons) seek(event); });
    }
  }

  resize() { for (const chart of Object.values(this.charts)) chart.resize(); }

  paint(selected, colours) {
    const { recording } = this, { ego } = recording, others = selected.isEgo ? [] : [selected];
    const lines = (key) => [
      ...others.map((agent) => ({ values: agent[key], first: agent.first, colour: colours.select })),
      { values: ego[key], first: ego.first, colour: colours.ego, width: 2 },
    ];
    this.charts.speed.paint(lines("speed"), colours);
    this.charts.acceleration.paint(lines("acceleration"), colours);
    this.charts.gap.paint([{ values: recording.gap, colour: colours.ego, width: 2 }], colours);
    // Only what is near: far times to collision would draw a line along the upper edge.
    const near = recording.ttc.map((value) => (value <= this.charts.ttc.settings.high ? value : NaN));
    this.charts.ttc.paint([{ values: near, colour: colours.ego, width: 2 }], colours);
  }

  draw(frame) {
    const { recording, charts } = this, i = Math.round(frame), state = recording.ego.at(i);
    charts.speed.draw(frame, state ? `${state.speed.toFixed(1)} m/s` : "–");
    charts.acceleration.draw(frame, state ? `${signed(state.acceleration)} m/s²` : "–");
    charts.gap.draw(frame, metres(recording.gap[i]));
    charts.ttc.draw(frame, seconds(recording.ttc[i]));
  }
}

/** At most some thousand of many values: enough for a scale. */
function sampled(values) {
  const every = Math.ceil(values.length / 4000);
  return Array.from(values).filter((_, i) => i % every === 0);
}

const signed = (value) => (value < -0.005 ? "−" : "+") + Math.abs(value).toFixed(2);
const metres = (value) => (Number.isNaN(value) ? "nobody ahead" : `${value.toFixed(1)} m`);
const seconds = (value) => (Number.isNaN(value) ? "not closing" : `${value.toFixed(1)} s`);
