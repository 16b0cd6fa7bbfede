// Where everything starts. Each module binds itself to the pages that have what it serves.

import { startActivity } from "./activity.js";
import { startBatch } from "./batch.js";
import { startBeside } from "./beside.js";
import { startCloth } from "./cloth.js";
import { startCompose } from "./compose.js";
import { startEdit } from "./edit.js";
import { startForms } from "./forms.js";
import { startFull } from "./full.js";
import { startKeys } from "./keys.js";
import { arrive, startNavigation } from "./nav.js";
import { startPlayer } from "./player.js";
import { startRows } from "./rows.js";
import { startSearch } from "./search.js";
import { startSong } from "./song.js";
import { startUploads } from "./upload.js";

startPlayer();
startFull();
startForms();
startRows();
startSong();
startCloth();
startSearch();
startEdit();
startBatch();
startCompose();
startBeside();
startUploads();
startActivity();
startKeys();
startNavigation();
arrive();
