import Database from 'better-sqlite3'

/** Locks a database until it is killed, and says when it has. `argv`: its path. */
const [path = ''] = process.argv.slice(2)
const database = new Database(path)
database.exec('begin exclusive')
process.stdout.write('locked')
// Holds on to the connection: one that nothing refers to is closed, and its lock is gone.
setInterval(() => database.inTransaction, 60_000)
