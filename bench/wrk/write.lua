-- wrk -s write.lua URL -- USERS PATH METHOD MEDIA_TYPE BODY [HEADER VALUE]...: writes to all users in turn. In the path,
-- {user} stands for the user's number; in the body, {count} for a number that is new each time, so that every request
-- changes something.
dofile("report.lua")

local paths, headers, method, body, count = {}, {}, "", "", os.time() * 1000

function init(args)
  for user = 0, tonumber(args[1]) - 1 do
    paths[#paths + 1] = args[2]:gsub("{user}", user)
  end
  method = args[3]
  headers["Content-Type"] = args[4]
  body = args[5]
  for place = 6, #args, 2 do
    headers[args[place]] = args[place + 1]
  end
end

function request()
  count = count + 1
  return wrk.format(method, paths[count % #paths + 1], headers, (body:gsub("{count}", string.format("%d", count))))
end
