// Pages without the frame: sign-in and setup. They work without this too; it only draws the loom.

import { drawLoom } from "./cloth.js";

for (const root of document.querySelectorAll("[data-loom]")) drawLoom(root);
