-- Creates workloads, starts and completes them, a durable command each: wrk … -- PROJECT SEED
--
-- What is started was created so many workloads before that its answer came long ago. Number 0 is never created: wrk
-- makes one request that it does not send.
local lag = 500
local turn = 0
local project, seed

function init(arguments)
  project, seed = arguments[1], tonumber(arguments[2])
  wrk.headers["Content-Type"] = "application/json"
end

local function id(number)
  return string.format("%08x-0000-7000-8000-%012x", seed, number)
end

local function create(number)
  local body = string.format(
    '{"id":"%s","name":"llama-3.1-8b-lora-run%d","type":"Fine-Tuning","cluster":"helsinki-1",' ..
      '"resources":{"cpuMillicores":8000,"memoryBytes":34359738368,"gpuMilli":1000}}', id(number), number)
  return wrk.format("POST", project .. "/workloads", nil, body)
end

local function act(word, number)
  return wrk.format("POST", "/api/v1/workloads/" .. id(number) .. "/" .. word, nil, "{}")
end

function request()
  local number, step = math.floor(turn / 3), turn % 3
  turn = turn + 1
  if step == 1 and number > lag then return act("start", number - lag) end
  if step == 2 and number > 2 * lag then return act("complete", number - 2 * lag) end
  -- Numbers beyond all others, until there is something to start.
  return create(step == 0 and number or 1000000000 + turn)
end
