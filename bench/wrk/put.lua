-- wrk -s put.lua URL -- USERS PATH MEDIA_TYPE BODY: PUTs to all users in turn. In the path, {user} stands for
-- the user's number; in the body, {count} for a number that is new each time, so that every PUT changes something.
dofile("report.lua")

local paths, headers, body, count = {}, {}, "", os.time() * 1000

function init(args)
  for user = 0, tonumber(args[1]) - 1 do
    paths[#paths + 1] = args[2]:gsub("{user}", user)
  end
  headers["Content-Type"] = args[3]
  body = args[4]
end

function request()
  count = count + 1
  return wrk.format("PUT", paths[count % #paths + 1], headers, (body:gsub("{count}", string.format("%d", count))))
end
