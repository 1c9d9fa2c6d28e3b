// Lets packages that are made for bundlers import JSON without saying so: node --import ./json-modules.js ...
import { register } from "node:module";

register(
  `data:text/javascript,${encodeURIComponent(`
    export const load = (url, context, next) =>
      next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context);
  `)}`,
);
