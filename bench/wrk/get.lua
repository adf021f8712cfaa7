-- wrk -s get.lua URL -- USERS PATH [HEADER VALUE]...: GETs the documents of all users in turn; {user} stands for the number.
dofile("report.lua")

local requests, current = {}, 0

function init(args)
  local headers = {}
  for place = 3, #args, 2 do
    headers[args[place]] = args[place + 1]
  end
  for user = 0, tonumber(args[1]) - 1 do
    requests[#requests + 1] = wrk.format("GET", (args[2]:gsub("{user}", user)), headers)
  end
end

function request()
  current = current % #requests + 1
  return requests[current]
end
