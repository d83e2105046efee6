import "./image-panel.ts";
