// What every page is written with: Preact, its hooks, and tagged templates in place of JSX.
import { h, render, Fragment } from "preact";
import htm from "./vendor/htm.js";

export { render, Fragment };
export { useCallback, useEffect, useMemo, useRef, useState } from "./vendor/hooks.js";
export const html = htm.bind(h);
