-- One kind of request, told by the words after "--": kind, key, path and body of a create, and for
-- each node its host and port and a file of task ids. Kinds: hello, create, poll, poll elsewhere and
-- stored poll (the same with other ids). Each thread has a node of its own. The outcome is one JSON
-- line that begins with OUTCOME.

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  local kind, key, create_path, create_body = args[1], args[2], args[3], args[4]
  local host, port = args[3 + 2 * number]:match("^(.*):(%d+)$")
  local ids = args[4 + 2 * number]
  local headers = { ["Authorization"] = "Bearer " .. key }
  wrk.thread.addr = wrk.lookup(host, port)[1]

  if kind == "hello" then
    wrk.path = "/healthz"
  elseif kind == "create" then
    wrk.method, wrk.path, wrk.body = "POST", create_path, create_body
    wrk.headers["Authorization"] = headers["Authorization"]
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["X-DashScope-Async"] = "enable"
  elseif kind:find("poll", 1, true) then
    -- Built once, so that wrk itself takes as little of the machine as it can.
    local polls, turn = {}, 0
    for id in io.lines(ids) do
      polls[#polls + 1] = wrk.format("GET", "/api/v1/tasks/" .. id, headers)
    end
    request = function()
      turn = turn % #polls + 1
      return polls[turn]
    end
  else
    error("unknown kind of load: " .. tostring(kind))
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'OUTCOME {"requests":%d,"seconds":%.6f,"bad_answers":%d,"socket_errors":%d,'
      .. '"p50_milliseconds":%.3f,"p99_milliseconds":%.3f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  ))
end
