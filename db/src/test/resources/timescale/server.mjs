// Serves a TimescaleDB in memory over the PostgreSQL protocol (documentation, "Frontend/Backend Protocol", version 3).
// Prints `ready <port>`, and ends when its standard input does. See README.md for what the one shared session means.
import net from 'node:net'
import { PGlite } from '@electric-sql/pglite'
import { timescaledb } from '@electric-sql/pglite/timescaledb'

const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104
const CANCEL_REQUEST = 80877102

const SETTING = /^\s*(?:set\s+(?!local\b|transaction\b)|reset\s)/i
const COPY_IN = /^\s*copy\s+([\s\S]+?)\s+from\s+stdin\b([\s\S]*)$/i

const FRESH = ['RESET ROLE', 'RESET ALL', 'SET client_min_messages = warning', "SET timezone = 'UTC'", 'SET search_path = public']

const database = await PGlite.create({ dataDir: 'memory://', extensions: { timescaledb } })
await database.exec('CREATE EXTENSION IF NOT EXISTS timescaledb')
// Nothing can be granted on the database before its row was written once: the build left one that is taken for deleted.
await database.exec('ALTER DATABASE template1 CONNECTION LIMIT -1')

/** Who may use the session: one connection at a time, from its first message until no transaction is open. */
class Session {
    #holder = null
    #last = null
    #waiting = []

    async take(connection) {
        if (this.#holder === connection) {
            return
        }
        if (this.#holder !== null) {
            await new Promise((granted) => this.#waiting.push({ connection, granted }))
        }
        this.#holder = connection
        if (this.#last !== connection) {
            this.#last = connection
            await database.exec([...FRESH, ...connection.settings.values()].join(';'))
        }
    }

    give(connection) {
        if (this.#holder !== connection) {
            return
        }
        const next = this.#waiting.shift()
        this.#holder = next ? next.connection : null
        next?.granted()
    }
}

const session = new Session()
let connections = 0

class Connection {
    settings = new Map()
    #socket
    #prefix
    #input = Buffer.alloc(0)
    #started = false
    #statements = new Set()
    #pipeline = []
    #copy = null
    #work = Promise.resolve()

    constructor(socket) {
        this.#socket = socket
        this.#prefix = `c${++connections}_`
        socket.on('data', (bytes) => this.#then(() => this.#receive(bytes)))
        socket.on('error', () => {})
        socket.on('close', () => this.#then(() => this.#leave()))
    }

    #then(step) {
        this.#work = this.#work.then(step).catch((error) => {
            console.error(error)
            this.#socket.destroy()
        })
    }

    async #leave() {
        await session.take(this)
        try {
            await database.exec('ROLLBACK')
            for (const name of this.#statements) {
                await database.exec(`DEALLOCATE "${name}"`).catch(() => {})
            }
        } finally {
            session.give(this)
        }
    }

    async #receive(bytes) {
        this.#input = this.#input.length === 0 ? bytes : Buffer.concat([this.#input, bytes])
        for (;;) {
            const head = this.#started ? 1 : 0
            if (this.#input.length < head + 4) {
                break
            }
            const end = head + this.#input.readInt32BE(head)
            if (this.#input.length < end) {
                break
            }
            const received = this.#input.subarray(0, end)
            this.#input = this.#input.subarray(end)
            await (this.#started ? this.#message(String.fromCharCode(received[0]), received) : this.#startup(received))
        }
        if (this.#pipeline.some((part) => part[0] === 0x48 /* Flush */)) {
            await this.#runPipeline()
        }
    }

    #startup(received) {
        switch (received.readInt32BE(4)) {
            case SSL_REQUEST:
            case GSS_REQUEST:
                this.#socket.write('N')
                return
            case CANCEL_REQUEST:
                this.#socket.end()
                return
        }
        this.#started = true
        const asked = received.toString('utf8', 8).split('\0')
        const zone = asked.findIndex((name) => name.toLowerCase() === 'timezone')
        if (zone >= 0) {
            // Drivers send times without a zone in the one that they asked for.
            this.settings.set('timezone', `SET timezone = '${asked[zone + 1].replaceAll("'", "''")}'`)
        }
        const parameters = {
            server_version: '17.5',
            server_encoding: 'UTF8',
            client_encoding: 'UTF8',
            DateStyle: 'ISO, MDY',
            TimeZone: zone >= 0 ? asked[zone + 1] : 'UTC',
            integer_datetimes: 'on',
            standard_conforming_strings: 'on',
        }
        this.#socket.write(
            Buffer.concat([
                message('R', Buffer.alloc(4)),
                ...Object.entries(parameters).map(([name, value]) => message('S', text(name), text(value))),
                message('K', Buffer.alloc(8)),
                message('Z', Buffer.from('I')),
            ]),
        )
    }

    async #message(type, received) {
        if (this.#copy !== null) {
            await this.#copyData(type, received)
            return
        }
        switch (type) {
            case 'X':
                this.#socket.end()
                return
            case 'Q':
                await this.#runPipeline()
                await this.#query(received)
                return
            case 'S':
                this.#pipeline.push(Buffer.from(received))
                await this.#runPipeline()
                return
            default:
                this.#pipeline.push(this.#ofMine(type, received))
        }
    }

    async #query(received) {
        const sql = received.toString('utf8', 5, received.length - 1)
        const copy = COPY_IN.exec(sql)
        if (copy === null) {
            this.#remember(sql)
            await this.#run(received)
            return
        }
        // The engine takes the statement and its data in one go: they are gathered here, and the client is told to send.
        await session.take(this)
        this.#copy = [Buffer.from(received)]
        const binary = /binary/i.test(copy[2]) ? 1 : 0
        const columns = /\(([^)]*)\)\s*$/.exec(copy[1])
        const count = columns === null ? 1 : columns[1].split(',').length
        const formats = Buffer.alloc(3 + 2 * count)
        formats[0] = binary
        formats.writeInt16BE(count, 1)
        for (let column = 0; column < count; column++) {
            formats.writeInt16BE(binary, 3 + 2 * column)
        }
        this.#socket.write(message('G', formats))
    }

    async #copyData(type, received) {
        if (type !== 'd' && type !== 'c' && type !== 'f') {
            return
        }
        this.#copy.push(Buffer.from(received))
        if (type !== 'd') {
            const whole = Buffer.concat(this.#copy)
            this.#copy = null
            const answer = await this.#ask(whole)
            this.#socket.write(answer[0] === 0x47 /* CopyInResponse */ ? answer.subarray(1 + answer.readInt32BE(1)) : answer)
        }
    }

    async #runPipeline() {
        if (this.#pipeline.length > 0) {
            const whole = Buffer.concat(this.#pipeline)
            this.#pipeline = []
            await this.#run(whole)
        }
    }

    async #run(bytes) {
        const answer = await this.#ask(bytes)
        if (!this.#socket.destroyed) {
            this.#socket.write(answer)
        }
    }

    async #ask(bytes) {
        await session.take(this)
        const answer = Buffer.from(await database.execProtocolRaw(new Uint8Array(bytes)))
        if (transactionStatus(answer) === 'I') {
            session.give(this)
        }
        return answer
    }

    /** The message with names of statements and portals that are this connection's alone. */
    #ofMine(type, received) {
        switch (type) {
            case 'P': {
                const [statement, after] = textAt(received, 5)
                if (statement !== '') {
                    this.#statements.add(this.#mine(statement))
                }
                this.#remember(textAt(received, after)[0])
                return message('P', text(this.#mine(statement)), received.subarray(after))
            }
            case 'B': {
                const [portal, next] = textAt(received, 5)
                const [statement, after] = textAt(received, next)
                return message('B', text(this.#mine(portal)), text(this.#mine(statement)), received.subarray(after))
            }
            case 'D':
            case 'C':
                return message(type, received.subarray(5, 6), text(this.#mine(textAt(received, 6)[0])))
            case 'E': {
                const [portal, after] = textAt(received, 5)
                return message('E', text(this.#mine(portal)), received.subarray(after))
            }
            default:
                return Buffer.from(received)
        }
    }

    #mine(name) {
        return name === '' ? '' : this.#prefix + name
    }

    #remember(sql) {
        if (SETTING.test(sql)) {
            const name = sql.split('=')[0].trim().split(/\s+/).slice(0, 3).join(' ').toLowerCase()
            this.settings.set(/\brole\b/.test(name) ? 'role' : name, sql)
        }
    }
}

/** Of the last ReadyForQuery: idle, in a transaction, failed; nothing if there is none. */
function transactionStatus(answer) {
    let status = null
    for (let at = 0; at + 5 <= answer.length; at += 1 + answer.readInt32BE(at + 1)) {
        if (answer[at] === 0x5a /* ReadyForQuery */) {
            status = String.fromCharCode(answer[at + 5])
        }
    }
    return status
}

function message(type, ...parts) {
    const body = Buffer.concat(parts)
    const head = Buffer.alloc(5)
    head.write(type, 0)
    head.writeInt32BE(body.length + 4, 1)
    return Buffer.concat([head, body])
}

function text(value) {
    return Buffer.from(value + '\0')
}

function textAt(bytes, from) {
    const end = bytes.indexOf(0, from)
    return [bytes.toString('utf8', from, end), end + 1]
}

const server = net.createServer({ noDelay: true }, (socket) => new Connection(socket))
server.listen(0, '127.0.0.1', () => console.log('ready', server.address().port))
process.stdin.on('end', () => process.exit(0)).resume()
