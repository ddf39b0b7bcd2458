-- wrk -s post.lua URL -- MODEL KILOBYTES [Header=value ...]
-- wrk -s post.lua URL -- BODY 0 [Header=value ...]      a JSON object, in which "#" becomes the request's number
-- A chat body of about that size: one short question below a kilobyte, otherwise a system prompt and turns of text with
-- quotes, newlines and code, as coding tools send them. Every request has a text of its own, so that no memory of
-- earlier ones flatters whoever answers. Prints one line: RESULT and a JSON object.
local words = 'The build fails with \\"undefined symbol: foo\\" in module bar.\\n'
  .. 'Please look at func main() { return x[i] + 1 } and explain why the test at line 42 is red. '

local function turn(role, bytes)
  local text = string.rep(words, math.ceil(bytes / #words)):sub(1, bytes):gsub('\\+$', '')
  return '{"role":"' .. role .. '","content":"' .. text .. '"}'
end

local function messages(bytes)
  if bytes < 1024 then return { turn('user', math.max(16, bytes - 90)) } end
  local system = math.floor(bytes / 4)
  local list, left, each = { turn('system', system) }, bytes - system, math.max(600, math.floor(bytes / 16))
  while left > 0 do
    list[#list + 1] = turn(#list % 2 == 1 and 'user' or 'assistant', math.min(each, left))
    left = left - each
  end
  if #list % 2 == 1 then list[#list + 1] = turn('user', 64) end
  return list
end

local before, after, count, stamp = '', '', 0, os.time() % 100000

function init(args)
  local body, cut = args[1], args[1]:find('#', 1, true)
  if cut then
    before, after = body:sub(1, cut - 1), body:sub(cut + 1)
  else
    local list = table.concat(messages(math.floor(tonumber(args[2]) * 1024)), ',')
    body = '{"model":"' .. args[1] .. '","max_tokens":1024,"messages":[' .. list .. ']}'
    cut = body:find('"}]}', 1, true)
    before, after = body:sub(1, cut - 1), body:sub(cut)
  end
  wrk.method = 'POST'
  wrk.headers['Content-Type'] = 'application/json'
  for i = 3, #args do
    local name, value = args[i]:match('^([^=]+)=(.*)$')
    wrk.headers[name] = value
  end
end

function request()
  count = count + 1
  return wrk.format(nil, nil, nil, before .. ' #' .. stamp .. '-' .. count .. after)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"secs":%.4f,"errors":%d,"p50_us":%d,"p99_us":%d}\n',
    summary.requests, summary.duration / 1e6,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
