-- Asks for the addresses of a file, one a line, in an order that is random and always the same: wrk … -- FILE
local requests = {}
local turn = 0

function init(arguments)
  for address in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("GET", address)
  end
  math.randomseed(1)
  for last = #requests, 2, -1 do
    local place = math.random(last)
    requests[last], requests[place] = requests[place], requests[last]
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
