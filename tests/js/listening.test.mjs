import assert from "node:assert/strict"
import { test } from "node:test"
import { Line, heardOf, isNews } from "../../cnnlab/ui/components/classroom/listening.js"

const made = () => {
  const sources = []
  const tab = { looked: true }
  const line = new Line(
    (address) => {
      const source = { address, readyState: 1, closed: false, close: () => (source.closed = true) }
      sources.push(source)
      return source
    },
    () => tab.looked,
  )
  return { sources, tab, line }
}

test("an event that is none says nothing", () => {
  for (const text of ["", "x", "null", "[]", '{"number": "1", "on": true}', '{"number": -1, "on": true}', '{"number": 1}']) {
    assert.equal(heardOf(text), null, text)
  }
  assert.deepEqual(heardOf('{"number": 3, "on": true, "page": "evil"}'), { number: 3, on: true })
})

test("a page is drawn anew for every change if it follows, else only when leading begins or ends", () => {
  const page = { number: 3, on: true, follows: true }
  assert.ok(isNews(page, { number: 4, on: true }))
  assert.ok(!isNews(page, { number: 3, on: true }))
  assert.ok(!isNews({ ...page, follows: false }, { number: 4, on: true }))
  assert.ok(isNews({ ...page, follows: false }, { number: 4, on: false }))
})

test("one line is open while a tab is looked at, and none while it is not", () => {
  const { sources, tab, line } = made()
  const heard = []
  line.listen("/follow", (event) => heard.push(event))
  line.listen("/follow", (event) => heard.push(event))
  assert.equal(sources.length, 1)
  sources[0].onmessage({ data: '{"number": 1, "on": true}' })
  assert.deepEqual(heard, [{ number: 1, on: true }])
  tab.looked = false
  line.look()
  assert.ok(sources[0].closed)
  tab.looked = true
  line.look()
  assert.equal(sources.length, 2)
  line.listen("/follow/class", () => {})
  assert.ok(sources[1].closed)
  assert.equal(sources[2].address, "/follow/class")
  line.close()
  line.look()
  assert.equal(sources.length, 3)
})

test("a refused line is tried again later, a broken one by the browser itself", () => {
  const { sources, line } = made()
  line.listen("/follow", () => {})
  sources[0].readyState = 0
  sources[0].onerror()
  assert.ok(!sources[0].closed)
  sources[0].readyState = 2
  sources[0].onerror()
  assert.ok(sources[0].closed)
  assert.equal(sources.length, 1)
  line.close()
})
