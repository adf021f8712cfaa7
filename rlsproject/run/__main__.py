from rlsproject.run.start import main

main()
