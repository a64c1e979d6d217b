// PouchDB replication: `pouch.js serve DIR` is the server, `pouch.js fill DIR FILE` puts the tasks
// of FILE into a local database, `pouch.js push|pull DIR URL` replicates and prints the seconds.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const PouchDB = require('pouchdb');

const [word, dir, what] = process.argv.slice(2);

async function main() {
  if (word === 'serve') {
    const app = require('express')();
    const served = PouchDB.defaults({ prefix: dir + path.sep });
    app.use('/', require('express-pouchdb')(served, {
      mode: 'minimumForPouchDB',
      logPath: path.join(dir, 'log.txt'),
      configPath: path.join(dir, 'config.json'),
    }));
    app.listen(0, '127.0.0.1', function ready() {
      console.log(this.address().port);
    });
    return;
  }
  const db = new PouchDB(path.join(dir, 'local'));
  if (word === 'fill') {
    const lines = fs.readFileSync(what, 'utf8').trim().split('\n');
    const docs = lines.map((line) => ({ _id: JSON.parse(line).id, ...JSON.parse(line) }));
    for (let at = 0; at < docs.length; at += 1000) await db.bulkDocs(docs.slice(at, at + 1000));
    return;
  }
  const start = process.hrtime.bigint();
  const result = word === 'push' ? await db.replicate.to(what) : await db.replicate.from(what);
  const took = Number(process.hrtime.bigint() - start) / 1e9;
  console.log(`${took} ${result.docs_written}`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
