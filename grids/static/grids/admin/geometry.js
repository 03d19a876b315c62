// A map beside the text of a geometry. The text is the truth: the map shows what it says, and only a
// point is moved on the map, which then writes the text.
import * as maplibregl from "../../vendor/maplibre-gl/maplibre-gl.mjs";

maplibregl.setWorkerUrl(
  new URL("../../vendor/maplibre-gl/maplibre-gl-worker.mjs", import.meta.url).href,
);

const CHINA = [73, 18, 135, 54];
const OWN = "#1668dc";
const QUIET = "#7d8590";
const EMPTY = { type: "FeatureCollection", features: [] };

function positions(coordinates) {
  return typeof coordinates[0] === "number" ? [coordinates] : coordinates.flatMap(positions);
}

function bounds(geometry) {
  const all = positions(geometry.coordinates);
  if (!all.every(([x, y]) => Math.abs(x) <= 180 && Math.abs(y) <= 90)) {
    throw new Error("坐标超出经纬度范围 · out of range");
  }
  const xs = all.map(([x]) => x);
  const ys = all.map(([, y]) => y);
  const least = (values) => values.reduce((a, b) => Math.min(a, b));
  const most = (values) => values.reduce((a, b) => Math.max(a, b));
  return [least(xs), least(ys), most(xs), most(ys)];
}

function read(text, type) {
  const geometry = JSON.parse(text);
  if (geometry?.type !== type || !Array.isArray(geometry.coordinates)) {
    throw new Error(`应为 ${type} · must be ${type}`);
  }
  bounds(geometry);
  return geometry;
}

function style() {
  return {
    version: 8,
    sources: { own: { type: "geojson", data: EMPTY } },
    layers: [
      { id: "paper", type: "background", paint: { "background-color": "#f4f3ef" } },
      { id: "own-fill", type: "fill", source: "own", filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": OWN, "fill-opacity": 0.18 } },
      { id: "own-line", type: "line", source: "own", layout: { "line-join": "round" },
        paint: { "line-color": OWN, "line-width": 2.5 } },
    ],
  };
}

function surround(map, address) {
  const layer = new URL(address, location.href).pathname.split("/").pop().replace(".json", "");
  map.addSource("around", { type: "vector", url: new URL(address, location.href).href });
  map.addLayer({ id: "around-fill", type: "fill", source: "around", "source-layer": layer,
    paint: { "fill-color": "#ffffff", "fill-opacity": 0.8 } }, "own-fill");
  map.addLayer({ id: "around-line", type: "line", source: "around", "source-layer": layer,
    paint: { "line-color": QUIET, "line-width": 0.8 } }, "own-fill");
}

function reveal(map, box, type) {
  const near = type === "Point" ? { maxZoom: 15 } : { maxZoom: 17 };
  map.fitBounds([[box[0], box[1]], [box[2], box[3]]], { padding: 40, animate: false, ...near });
}

function build(root) {
  const { type, extent, neighbours, attribution } = root.dataset;
  const text = root.querySelector(".ground-text");
  const said = root.querySelector(".ground-said");
  const editable = !("readonly" in root.dataset);
  const map = new maplibregl.Map({
    container: root.querySelector(".ground-map"), style: style(), attributionControl: false,
    bounds: extent ? JSON.parse(extent) : CHINA, fitBoundsOptions: { padding: 24 },
    dragRotate: false, pitchWithRotate: false, cooperativeGestures: false,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibregl.ScaleControl(), "bottom-left");
  map.addControl(new maplibregl.AttributionControl({ compact: false, customAttribution: attribution || undefined }));
  const mark = type === "Point" ? new maplibregl.Marker({ color: OWN, draggable: editable }) : null;

  function say(message) {
    said.textContent = message;
    said.hidden = !message;
  }
  function draw(move) {
    if (!text?.value.trim()) {
      map.getSource("own").setData(EMPTY);
      mark?.remove();
      say("");
      return;
    }
    try {
      const geometry = read(text.value, type);
      if (mark) mark.setLngLat(geometry.coordinates).addTo(map);
      else map.getSource("own").setData({ type: "Feature", properties: {}, geometry });
      if (move) reveal(map, bounds(geometry), type);
      say("");
    } catch (error) {
      say(`无法显示：${error.message}`);
    }
  }
  function place({ lng, lat }) {
    // Seven decimals are a centimetre.
    const coordinates = [Number(lng.toFixed(7)), Number(lat.toFixed(7))];
    text.value = JSON.stringify({ type: "Point", coordinates });
    draw(false);
  }

  map.once("load", () => {
    if (neighbours) surround(map, neighbours);
    draw(true);
    if (editable && text) {
      let wait;
      text.addEventListener("input", () => {
        clearTimeout(wait);
        wait = setTimeout(() => draw(true), 250);
      });
    }
    if (editable && mark) {
      map.getCanvas().style.cursor = "crosshair";
      map.on("click", (event) => place(event.lngLat.wrap()));
      mark.on("dragend", () => place(mark.getLngLat().wrap()));
    }
    map.once("idle", () => { root.dataset.drawn = "yes"; });
  });
}

document.querySelectorAll("[data-ground]").forEach(build);
