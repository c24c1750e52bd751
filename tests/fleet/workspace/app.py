DEBUG = True

print("AutoBot")
