-- wrk's script: how many requests go out at once, the request's body, and the figures as one line of JSON.
-- Arguments after the URL: requests a batch, body bytes.
init = function(args)
  local batch = tonumber(args[1])
  local bodyBytes = tonumber(args[2])
  if bodyBytes > 0 then
    wrk.method = "POST"
    wrk.body = string.rep("x", bodyBytes)
    wrk.headers["Content-Type"] = "text/plain; charset=utf-8"
  end
  -- wrk formats its request once: the batch is that one request, so no Lua runs while it measures.
  local requests = string.rep(wrk.format(), batch)
  wrk.format = function() return requests end
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'REPORT {"requests":%d,"bytes":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"p999Us":%d,' ..
    '"connectErrors":%d,"readErrors":%d,"writeErrors":%d,"statusErrors":%d,"timeouts":%d}\n',
    summary.requests, summary.bytes, summary.duration,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
