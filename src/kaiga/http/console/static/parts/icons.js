// Icons as strokes on a grid of 24; they take the colour of the text beside them.
import { html } from "../view.js";

const STROKES = {
  brush: "M4 20c3 0 5-1 5-4a3 3 0 0 0-3-3c-2 0-2 2-2 4s-1 2-2 2c1 1 1 1 2 1ZM9 14 19 4a1.8 1.8 0 0 1 2.5 2.5L11.5 16.5",
  list: "M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01",
  grid: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  cube: "m12 2.5 8.5 4.8v9.4L12 21.5l-8.5-4.8V7.3zM3.5 7.3l8.5 4.9 8.5-4.9M12 12.2v9.3",
  key: "M15 9.5a5 5 0 1 1-3.2-4.7A5 5 0 0 1 15 9.5Zm-1.6 3.1L21 20v1.5h-3v-2h-2v-2h-2l-2-2",
  pulse: "M2.5 12h4l3-8 5 16 3-8h4",
  book: "M12 6c-2-1.6-5-2-8.5-2v14c3.500 0 6.500.4 8.500 2 2-1.600 5-2 8.500-2V4C17 4 14 4.400 12 6Zm0 0v14",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7v5l3.500 2",
  dots: "M4.500 12h1M11.500 12h1M18.500 12h1",
  close: "M5 5l14 14M19 5 5 19",
  copy: "M8 8h12v12H8zM16 8V4H4v12h4",
  download: "M12 3v12m-5-5 5 5 5-5M4 20h16",
  play: "M7 4.500 19 12 7 19.500z",
  pin: "M9 3h6l-1 7 4 4H6l4-4zM12 14v7",
  left: "M15 5l-7 7 7 7",
  right: "m9 5 7 7-7 7",
  columns: "M4 4h7v16H4zM13 4h7v16h-7z",
  check: "m4 12.500 5 5L20 6.500",
  upload: "M12 16V4m-5 5 5-5 5 5M4 20h16",
  dice: "M4 4h16v16H4zM8.500 8.500h.01M15.500 8.500h.01M12 12h.01M8.500 15.500h.01M15.500 15.500h.01",
  eraser: "m4 15 10-10 6 6-8 8H8zM9 10l6 6M12 19h8",
  undo: "M8 5 3.500 9.500 8 14M4 9.500h10a5 5 0 0 1 0 10H9",
  out: "M10 4H4v16h6M15 8l4 4-4 4M19 12H9",
};

export const Icon = ({ name, label }) => html`
  <svg class="icon" viewBox="0 0 24 24" role=${label ? "img" : null} aria-label=${label} aria-hidden=${label ? null : "true"}>
    <path d=${STROKES[name]} />
  </svg>
`;
